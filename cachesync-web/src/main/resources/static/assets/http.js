// Requests that change something carry the CSRF token that the page's head holds.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

/** Posts a form (object, FormData or URLSearchParams) or a file (Blob) and answers the response; throws with its message. */
export async function post(url, body = {}) {
  const form = body instanceof FormData || body instanceof Blob ? body : new URLSearchParams(body);
  const response = await fetch(url, {
    method: 'POST',
    body: form,
    headers: { [meta('csrf-header')]: meta('csrf-token'), Accept: 'application/json, text/html' },
    credentials: 'same-origin',
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || problem.title || `${response.status} ${response.statusText}`);
  }
  return response;
}

/** Reads JSON. */
export async function getJson(url) {
  const response = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!response.ok) {
    throw new Error(`${response.status} ${response.statusText}`);
  }
  return response.json();
}
