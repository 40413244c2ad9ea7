// Keeps the shown tasks up to date by server-sent events. The server sends texts in the reader's language;
// here they are only put in place, so that a page looks the same with and without this script.
import { getPart } from './http.js';
import { renderTimes } from './time.js';

const listeners = { samples: [], log: [], tasks: [] };

/** Calls back with each event of a kind: tasks, samples or log. */
export function onLive(kind, callback) {
  listeners[kind].push(callback);
}

function setText(root, name, text) {
  for (const element of root.querySelectorAll(`[data-live="${name}"]`)) {
    if (element.tagName !== 'PROGRESS' && element.textContent !== text) {
      element.textContent = text;
    }
  }
}

function showState(root, task) {
  for (const badge of root.querySelectorAll('[data-live="state"]')) {
    badge.className = `badge ${task.tone}`;
    const use = badge.querySelector('use');
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${task.icon}`));
    badge.querySelector('.icon').classList.toggle('spin', task.icon === 'spinner');
    badge.querySelector('[data-part="label"]').textContent = task.note ? `${task.stateLabel} · ${task.note}` : task.stateLabel;
  }
}

function showProgress(root, task) {
  for (const bar of root.querySelectorAll('progress[data-live="percent"]')) {
    bar.hidden = !task.running;
    if (task.percent >= 0) {
      bar.value = task.percent;
    } else {
      bar.removeAttribute('value');
    }
  }
  for (const summary of root.querySelectorAll('[data-live="summary"]')) {
    summary.hidden = !task.running;
  }
}

function showFault(root, fault, state) {
  for (const box of root.querySelectorAll('[data-live="fault"]')) {
    box.hidden = !fault;
    box.classList.toggle('warn', state === 'RECOVERING');
    for (const part of ['title', 'meaning', 'advice', 'code', 'message']) {
      box.querySelector(`[data-part="${part}"]`).textContent = fault?.[part] ?? '';
    }
    box.querySelector('[data-part="original"]').hidden = !fault?.message;
  }
}

function showFaultTitle(root, fault) {
  for (const line of root.querySelectorAll('[data-live="faultTitle"]')) {
    line.hidden = !fault;
    line.textContent = fault?.title ?? '';
  }
}

function showSince(root, since) {
  for (const part of root.querySelectorAll('[data-live="since"]')) {
    part.querySelector('time').setAttribute('datetime', since);
    renderTimes(part);
  }
}

function showDeadLettersBadge(root, sentence) {
  for (const badge of root.querySelectorAll('[data-live="deadLettersBadge"]')) {
    badge.hidden = !sentence;
    badge.title = sentence;
  }
}

/** Fills a card by what the server renders; answers whether it did, which it does not while it is asked already. */
async function fetchCard(card) {
  if (card.dataset.asked !== undefined) {
    return false;
  }
  card.dataset.asked = '';
  const part = await getPart(card.dataset.url);
  delete card.dataset.asked;
  if (part !== null) {
    card.innerHTML = part;
  }
  return part !== null;
}

/** The list of keys comes from the server, whenever their number has changed. */
async function showDeadLetters(root, sentence) {
  for (const card of root.querySelectorAll('[data-live="deadLettersCard"]')) {
    card.hidden = !sentence;
    if ((card.dataset.shown ?? '') !== sentence) {
      if (await fetchCard(card)) {
        card.dataset.shown = sentence;
      }
    }
  }
}

function showTask(task) {
  for (const root of document.querySelectorAll(`[data-task="${task.id}"]`)) {
    showState(root, task);
    showProgress(root, task);
    showFault(root, task.fault, task.state);
    showFaultTitle(root, task.fault);
    showSince(root, task.since);
    showDeadLettersBadge(root, task.deadLetters);
    showDeadLetters(root, task.deadLetters);
    for (const limits of root.querySelectorAll('[data-live="limits"]')) {
      limits.hidden = !task.running && task.state !== 'STOPPED' && task.state !== 'FAILED';
    }
    for (const note of root.querySelectorAll('[data-live="stale"]')) {
      note.hidden = !task.stale;
    }
    for (const name of ['phase', 'percentText', 'bytesPerSecond', 'commandsPerSecond', 'lag', 'lagBytes', 'left']) {
      setTaskText(root, name, task[name]);
    }
  }
  const scopes = document.querySelectorAll(`tr[data-task="${task.id}"]`);
  for (const scope of scopes.length ? scopes : [document]) {
    for (const element of scope.querySelectorAll('[data-allow]')) {
      element.hidden = !task.allowed.includes(element.dataset.allow);
      if (element.dataset.allow.startsWith('FINISH')) {
        element.dataset.confirmMore = task.deadLetters;
      }
    }
  }
}

function setTaskText(root, name, text) {
  for (const element of root.querySelectorAll(`[data-live="${name}"]`)) {
    if (element.tagName !== 'PROGRESS' && !element.closest('[data-link]') && element.textContent !== text) {
      element.textContent = text;
    }
  }
}

/** Counters are put in place; the keys that differ come from the server, whenever they have changed. */
async function showContinuous(check) {
  const card = document.getElementById('continuous');
  if (!card || card.contains(document.activeElement)) {
    return;
  }
  if (card.dataset.shown === check.shown) {
    for (const name of ['compared', 'open', 'settling', 'different', 'share', 'lost']) {
      setText(card, name, check[name] ?? '');
    }
  } else if (await fetchCard(card)) {
    card.dataset.shown = check.shown;
  }
}

/** By when a task that stands still is to be started: the sentences come from the server. */
async function showClock(shown) {
  const card = document.getElementById('clock-card');
  if (card && card.dataset.shown !== shown && (await fetchCard(card))) {
    renderTimes(card);
    card.dataset.shown = shown;
    card.hidden = card.childElementCount === 0;
  }
}

/** The states of the parts on their machines have changed: their table comes from the server. */
async function showParts() {
  const card = document.getElementById('parts-card');
  if (card) {
    await fetchCard(card);
    card.hidden = card.childElementCount === 0;
  }
}

function showLinks(links) {
  const body = document.getElementById('links');
  if (!body) {
    return;
  }
  const shown = [...body.querySelectorAll('[data-link]')].map((row) => row.dataset.link).join();
  if (shown !== links.map((link) => link.link).join()) {
    // Links that the page does not know, or that are gone.
    fetchCard(body.closest('[data-url]'));
    return;
  }
  for (const link of links) {
    for (const root of body.closest('[data-url]').querySelectorAll(`[data-link="${link.link}"]`)) {
      showLink(root, link);
    }
  }
}

function showLink(root, link) {
  for (const [name, value] of Object.entries({ ...link, ...link.accounts })) {
    if (typeof value === 'string') {
      setText(root, name, value);
    }
  }
  for (const survival of root.querySelectorAll('[data-live="survival"]')) {
    survival.classList.toggle('warn-text', link.runsShort);
  }
  for (const sign of root.querySelectorAll('[data-live="balanced"], [data-live="unbalanced"]')) {
    sign.hidden = (sign.dataset.live === 'balanced') !== link.balanced;
  }
  for (const note of root.querySelectorAll('[data-silent]')) {
    note.hidden = !link.silent;
  }
  for (const row of root.querySelectorAll('[data-some]')) {
    row.hidden = !link.accounts[row.dataset.some];
  }
  for (const list of root.querySelectorAll('[data-healed]')) {
    list.replaceChildren(...link.accounts.healedKeys.map(healedRow));
    root.querySelector('[data-healed-none]').hidden = link.accounts.healedKeys.length > 0;
  }
}

function healedRow(healed) {
  const reason = document.createElement('th');
  reason.scope = 'row';
  reason.textContent = healed.reason;
  const keys = document.createElement('td');
  keys.className = 'number';
  keys.textContent = healed.keys;
  const row = document.createElement('tr');
  row.append(reason, keys);
  return row;
}

function feedUrl() {
  const one = document.querySelector('[data-live-url]');
  if (one) {
    return one.dataset.liveUrl;
  }
  const ids = [...document.querySelectorAll('[data-live-tasks] tr[data-task]')].map((row) => row.dataset.task);
  return ids.length ? `/tasks/live?${ids.map((id) => `id=${id}`).join('&')}` : null;
}

const url = feedUrl();
let stateAtFirst = document.querySelector('[data-state]')?.dataset.state;
if (url) {
  const source = new EventSource(url);
  document.documentElement.dataset.live = 'waits';
  source.addEventListener('tasks', (event) => {
    const tasks = JSON.parse(event.data);
    tasks.forEach(showTask);
    listeners.tasks.forEach((callback) => callback(tasks));
    const state = tasks[0]?.state;
    const waits = document.querySelector('[data-live-url] .empty');
    if (stateAtFirst && state !== stateAtFirst) {
      // What was said when the page came is of a state that has passed.
      document.querySelectorAll('[data-passing]').forEach((said) => said.remove());
      if (waits) {
        location.reload();
      }
    }
    stateAtFirst ??= state;
    document.documentElement.dataset.live = 'told';
  });
  source.addEventListener('links', (event) => showLinks(JSON.parse(event.data)));
  source.addEventListener('clock', (event) => showClock(JSON.parse(event.data).shown));
  source.addEventListener('parts', () => showParts());
  source.addEventListener('continuous', (event) => showContinuous(JSON.parse(event.data)));
  source.addEventListener('samples', (event) => listeners.samples.forEach((callback) => callback(JSON.parse(event.data))));
  source.addEventListener('log', (event) => listeners.log.forEach((callback) => callback(JSON.parse(event.data))));
  // The stream connects again by itself, unless it is refused: signed out, or the task was deleted.
  source.addEventListener('error', () => {
    for (const note of document.querySelectorAll('[data-live-ended]')) {
      note.hidden = source.readyState !== EventSource.CLOSED;
    }
  });
  addEventListener('pagehide', () => source.close());
}
