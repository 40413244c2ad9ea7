// What every page has: times, copy buttons, confirmations, menus. A page's own module imports what it needs.
import { renderTimes } from './time.js';

renderTimes();
setInterval(renderTimes, 15000);

/** Tells those who cannot see the page what changed on it. */
export function announce(text) {
  document.getElementById('live').textContent = text;
}

async function copy(button) {
  const text = button.dataset.copy ?? button.parentElement.querySelector('code, .text').textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS browsers hide the clipboard; a selected text area still works.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr-only';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  button.dataset.copied = '';
  announce(button.dataset.copiedText);
  setTimeout(() => delete button.dataset.copied, 1500);
}

function confirmThen(form, submitter) {
  const dialog = document.getElementById('confirm');
  const source = submitter?.dataset.confirm ? submitter : form;
  dialog.querySelector('[data-part="text"]').textContent = [source.dataset.confirm, source.dataset.confirmMore].filter(Boolean).join(' ');
  const yes = dialog.querySelector('[value="yes"]');
  yes.textContent = source.dataset.confirmYes || submitter?.textContent.trim() || yes.textContent;
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') {
      form.dataset.confirmed = '';
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    }
  };
  dialog.showModal();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const asks = form.dataset.confirm || event.submitter?.dataset.confirm;
  if (asks && form.dataset.confirmed === undefined) {
    event.preventDefault();
    confirmThen(form, event.submitter);
  }
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('.copy');
  if (button) {
    copy(button);
  }
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
});

const placed = new WeakMap();

function place(menu) {
  const button = menu.querySelector('summary').getBoundingClientRect();
  return `${Math.round(button.left)} ${Math.round(button.top)}`;
}

// A table scrolls sideways and would cut a menu that opens inside it: there the menu floats above the page.
function float(menu) {
  const panel = menu.querySelector('.panel');
  const button = menu.querySelector('summary').getBoundingClientRect();
  panel.classList.add('floating');
  const height = panel.offsetHeight;
  const below = button.bottom + 4;
  panel.style.top = `${below + height > innerHeight ? Math.max(4, button.top - height - 4) : below}px`;
  panel.style.right = `${Math.max(4, document.documentElement.clientWidth - button.right)}px`;
  placed.set(menu, place(menu));
}

document.addEventListener('toggle', (event) => {
  if (!event.target.matches('.table-wrap details.menu')) {
    return;
  }
  if (event.target.open) {
    float(event.target);
  } else {
    placed.delete(event.target);
  }
}, true);

// It would stay where it is while its row goes. What was scrolled just before it opened is told of late.
document.addEventListener('scroll', () => {
  for (const menu of document.querySelectorAll('.table-wrap details.menu[open]')) {
    if (placed.has(menu) && placed.get(menu) !== place(menu)) {
      menu.open = false;
    }
  }
}, true);

document.addEventListener('keydown', (event) => {
  const menu = document.querySelector('details.menu[open]');
  if (event.key === 'Escape' && menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) {
    event.target.form.requestSubmit();
  }
});
