// Small helps of the wizard; each step works without them.
import { post } from './http.js';

// A registered endpoint needs no address.
for (const end of document.querySelectorAll('[data-end]')) {
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
      for (const take of facts.querySelectorAll('[data-topology]')) {
        take.addEventListener('click', () => takeFor(end, take.dataset));
      }
    } catch (error) {
      facts.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}

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
