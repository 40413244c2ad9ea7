// Small helps of the wizard; each step works without them.
import { announce } from './app.js';
import { post } from './http.js';

const ends = () => [...document.querySelectorAll('[data-end]')];
ends().forEach(setUp);

/** A registered endpoint needs no address. */
function setUp(end) {
  const choice = end.querySelector('select[name$=".endpoint"]');
  const typed = end.querySelector('[data-typed]');
  const show = () => {
    typed.hidden = Boolean(choice?.value);
  };
  choice?.addEventListener('change', show);
  end.addEventListener('input', () => forgetProblems(end));
  show();
  connect(end);
}

// A source is added or taken away by the server, which keeps the passwords that were typed; the page stays where it is.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-sources]');
  if (!button) {
    return;
  }
  event.preventDefault();
  const form = button.form;
  const gone = button.closest('[data-end]');
  const before = ends();
  const looked = before.filter((end) => end !== gone).map((end) => end.querySelector('[data-facts]'));
  const body = new URLSearchParams(new FormData(form, button));
  form.querySelectorAll('button').forEach((each) => {
    each.disabled = true;
  });
  let next;
  try {
    const response = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
    next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('ends');
  } catch {
    next = null;
  }
  if (!next) {
    // The session has ended, or the console refused or is away: let the browser show it.
    form.querySelectorAll('button').forEach((each) => {
      each.disabled = false;
    });
    button.removeAttribute('data-sources');
    form.requestSubmit(button);
    return;
  }
  form.replaceWith(next);
  const now = ends();
  now.forEach(setUp);
  keepFacts(looked, now, gone !== null);
  (gone ? next.querySelector('button[value="add"]') : lastSource(now)).focus();
  if (now.length !== before.length) {
    announce(button.dataset.done);
  }
});

/** What was found stays: only the source before the target is new, or one is gone. */
function keepFacts(looked, now, removed) {
  const same = removed || now.length === looked.length ? now : now.filter((end) => end !== now.at(-2));
  same.forEach((end, i) => end.querySelector('[data-facts]').replaceChildren(...looked[i].childNodes));
}

function lastSource(now) {
  return now.at(-2).querySelector('select, input[type="radio"]:checked');
}

/** What was wrong with the former entry says nothing of the one that is typed now. */
function forgetProblems(end) {
  end.querySelectorAll('.error').forEach((problem) => problem.remove());
  end.querySelectorAll('[aria-invalid]').forEach((field) => field.removeAttribute('aria-invalid'));
}

/** Shows what the chosen machine sees of an end. */
function connect(end) {
  const button = end.querySelector('[data-connect]');
  const facts = end.querySelector('[data-facts]');
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    facts.replaceChildren();
    try {
      const form = new FormData(button.form);
      form.set('end', end.dataset.end);
      form.set('task', button.form.dataset.draft ?? '');
      const response = await post(button.dataset.url, new URLSearchParams(form));
      facts.innerHTML = await response.text();
    } catch (error) {
      facts.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}

document.addEventListener('click', (event) => {
  const take = event.target.closest('[data-facts] button[data-topology]');
  if (take) {
    takeFor(take.closest('[data-end]'), take.dataset);
  }
});

/** Says what an end is, once it answered as something else, and looks again. */
function takeFor(end, { topology, master }) {
  end.querySelector(`[name$=".topology"][value="${topology}"]`).checked = true;
  end.querySelector('[name$=".masterName"]').value = master ?? '';
  if (topology === 'STANDALONE') {
    end.querySelector('[name$=".addressMap"]').value = '';
  }
  end.querySelector('[data-connect]').click();
}

// What step 2 asks for, in the server's sentences, while it is typed.
const summary = document.querySelector('[data-summary]');
if (summary) {
  let waiting;
  const form = summary.closest('form');
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      try {
        const response = await post(summary.dataset.url, new URLSearchParams(new FormData(form)));
        summary.innerHTML = await response.text();
      } catch {
        // The sentences of before stay: the next step says what is wrong.
      }
    }, 300);
  });
}

// Start times are typed in the reader's own zone.
const zone = document.querySelector('[data-zone]');
if (zone) {
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = document.getElementById('startAt');
  if (zone.value === 'UTC' && at.value) {
    const local = new Date(`${at.value}Z`);
    at.value = new Date(local.getTime() - local.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  }
  zone.value = mine;
  document.querySelector('[data-zone-name]').textContent = mine;
  at.addEventListener('change', () => {
    document.querySelector('[name="start"][value="at"]').checked = true;
  });
}
