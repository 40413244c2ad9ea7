// The log grows while it is looked at; filters are applied to new lines as the server applied them to old ones.
import { onLive } from './task-live.js';
import { renderTimes } from './time.js';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
const LINES_KEPT = 5000;
const log = document.getElementById('log');
const follow = document.getElementById('follow');

function wanted(line) {
  const { level, link, text } = log.dataset;
  return (!level || LEVELS.indexOf(line.level) >= LEVELS.indexOf(level))
    && (!link || String(line.link) === link)
    && (!text || line.line.toLowerCase().includes(text.toLowerCase()));
}

function span(text, className) {
  const element = document.createElement('span');
  element.textContent = text;
  if (className) {
    element.className = className;
  }
  return element;
}

function row(line) {
  const element = document.createElement('div');
  element.className = { WARN: 'warn', ERROR: 'bad' }[line.level] ?? '';
  const time = document.createElement('time');
  time.className = 'muted';
  time.dataset.form = 'clock';
  time.dateTime = line.at;
  let from = '';
  if (line.incarnation === 0) {
    from = log.dataset.console;
  } else if (line.link >= 0) {
    from = `${log.dataset.linkWord} ${line.link}`;
  }
  element.append(time, ' ', span(line.level, 'level'), ' ', span(from, 'muted'), ' ', span(line.line));
  return element;
}

function toEnd() {
  if (follow.checked) {
    log.scrollTop = log.scrollHeight;
  }
}

onLive('log', (lines) => {
  const rows = lines.filter(wanted).map(row);
  if (rows.length === 0) {
    return;
  }
  log.hidden = false;
  document.getElementById('log-empty').hidden = true;
  log.append(...rows);
  while (log.childElementCount > LINES_KEPT) {
    log.firstElementChild.remove();
  }
  renderTimes(log);
  toEnd();
});
follow.addEventListener('change', toEnd);
log.addEventListener('wheel', (event) => {
  if (event.deltaY < 0) {
    follow.checked = false;
  }
});
renderTimes(log);
toEnd();
