// A form with data-replace="#id" is sent in the background, and that part of the page is taken from the answer.
// Without script the same form loads the whole page.
import { announce } from './app.js';
import { renderTimes } from './time.js';

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const wanted = form.dataset.replace;
  if (!wanted || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  const button = event.submitter ?? form.querySelector('[type="submit"]');
  const label = button.querySelector('span');
  const text = label?.textContent;
  const body = new FormData(form, button);
  button.disabled = true;
  if (label && button.dataset.busyText) {
    label.textContent = button.dataset.busyText;
    announce(button.dataset.busyText);
  }
  try {
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(body), credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const part = page.querySelector(wanted);
    if (!part) {
      // The session has ended, or the console refused: its own page says why.
      form.submit();
      return;
    }
    document.querySelector(wanted).replaceWith(part);
    renderTimes();
    part.querySelector('[type="submit"]')?.focus();
  } catch {
    button.disabled = false;
    if (label) {
      label.textContent = text;
    }
    form.submit();
  }
});
