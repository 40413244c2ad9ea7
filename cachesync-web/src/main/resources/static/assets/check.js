// While a check runs, what is known of it appears as it comes. Without script the page is loaded again by hand.
import { get } from './http.js';
import { renderTimes } from './time.js';

const INTERVAL_MILLIS = 1000;
const live = () => document.getElementById('check-live');

async function refresh() {
  try {
    const response = await get(location.href);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const next = page.getElementById('check-live');
    if (next?.dataset.over === 'true') {
      // Buttons and the list of keys are other ones now.
      location.reload();
      return;
    }
    if (next) {
      live().replaceWith(next);
      renderTimes();
    }
  } catch {
    // The console does not answer now: asked again below.
  }
  setTimeout(refresh, INTERVAL_MILLIS);
}

if (live().dataset.over === 'false') {
  setTimeout(refresh, INTERVAL_MILLIS);
}
