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

// A form that is sent away leaves the page, and may remove what the page shows: what is being asked for it
// is given up, and nothing more is asked, until it has become clear that the page stays.
const STAYS_MILLIS = 30000;
let shown = new AbortController();
const askAgain = () => { shown = new AbortController(); };
addEventListener('submit', (event) => {
  if (!event.defaultPrevented) {
    shown.abort();
    setTimeout(askAgain, STAYS_MILLIS);
  }
});
addEventListener('pageshow', (event) => event.persisted && askAgain());

/** Asks for something that the page shows; throws where the console does not answer and where the page is being left. */
export function get(url, accept = 'text/html') {
  return fetch(url, { headers: { Accept: accept }, credentials: 'same-origin', signal: shown.signal });
}

/** Reads a part of a page; null where there is none now: the console is away, it refused, or the session has ended. */
export async function getPart(url) {
  try {
    const response = await get(url);
    return response.ok && !response.redirected ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Reads JSON. */
export async function getJson(url) {
  const response = await get(url, 'application/json');
  if (!response.ok) {
    throw new Error(`${response.status} ${response.statusText}`);
  }
  return response.json();
}
