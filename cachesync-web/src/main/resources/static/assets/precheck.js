// While a precheck runs, its findings appear as they come. Without script the page is loaded again by its link.
import { announce } from './app.js';
import { get } from './http.js';
import { renderTimes } from './time.js';

const INTERVAL_MILLIS = 700;
const running = () => document.getElementById('precheck')?.dataset.running === 'true';

async function refresh() {
  try {
    const response = await get(location.href);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const next = page.getElementById('precheck');
    if (next) {
      document.getElementById('precheck').replaceWith(next);
      renderTimes();
      if (!running()) {
        announce(next.querySelector('[role="status"]')?.textContent.trim() ?? '');
      }
    }
  } catch {
    // The console does not answer now: asked again below.
  }
  if (running()) {
    setTimeout(refresh, INTERVAL_MILLIS);
  }
}

document.querySelector('[data-noscript]')?.remove();
if (running()) {
  setTimeout(refresh, INTERVAL_MILLIS);
}
