// The machine page: its live part is fetched as the server renders it; the load is drawn from samples.
import { getJson, getPart } from './http.js';
import { renderTimes } from './time.js';

const NS = 'http://www.w3.org/2000/svg';
const live = document.getElementById('machine-live');
const charts = document.getElementById('machine-charts');
const locale = document.documentElement.lang || 'en';
const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${number.format(amount)} ${units[unit]}`;
}

function line(values, top, className) {
  const path = document.createElementNS(NS, 'polyline');
  const step = 100 / Math.max(1, values.length - 1);
  path.setAttribute('points', values.map((v, i) => `${(i * step).toFixed(2)},${(30 - (28 * v) / top).toFixed(2)}`).join(' '));
  path.setAttribute('class', className);
  return path;
}

function draw(name, series, top) {
  const box = charts.querySelector(`[data-spark="${name}"]`);
  const svg = document.createElementNS(NS, 'svg');
  svg.setAttribute('viewBox', '0 0 100 31');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  series.forEach((values, index) => svg.append(line(values, top, `line-${index}`)));
  box.replaceChildren(svg);
}

function say(part, text) {
  charts.querySelector(`[data-part="${part}"]`).textContent = text;
}

async function load() {
  const samples = await getJson(charts.dataset.load);
  if (samples.length === 0) {
    return;
  }
  const memory = samples.map((s) => (100 * s.memoryUsedBytes) / Math.max(1, s.memoryBytes));
  const disk = samples.map((s) => (100 * (s.diskBytes - s.diskFreeBytes)) / Math.max(1, s.diskBytes));
  const received = samples.map((s) => s.receivedPerSecond);
  const sent = samples.map((s) => s.sentPerSecond);
  const last = samples[samples.length - 1];
  const percent = (value) => `${number.format(Math.round(value))} %`;
  if (Date.now() - new Date(last.at).getTime() < 60000) {
    say('cpu', percent(last.cpuPercent));
    say('memory', percent(memory[memory.length - 1]));
    say('disk', percent(disk[disk.length - 1]));
    // In a narrow card each rate has a line of its own.
    say('network', [`↓ ${bytes(last.receivedPerSecond)}/s`, `↑ ${bytes(last.sentPerSecond)}/s`]
      .map((rate) => rate.replaceAll(' ', '\u00a0')).join(' '));
  } else {
    ['cpu', 'memory', 'disk', 'network'].forEach((part) => say(part, '–'));
  }
  draw('cpu', [samples.map((s) => s.cpuPercent)], 100);
  draw('memory', [memory], 100);
  draw('disk', [disk], 100);
  draw('network', [received, sent], Math.max(1, ...received, ...sent));
}

async function refresh() {
  const part = await getPart(live.dataset.url);
  if (part !== null) {
    const parsed = new DOMParser().parseFromString(part, 'text/html');
    live.replaceChildren(...parsed.body.children);
    renderTimes(live);
  }
}

let wasBusy = false;

/** One after the other, faster while a test or an installation goes on; a console that is away is asked again. */
async function turn(count) {
  if (!document.hidden) {
    await refresh();
    if (count % 3 === 0) {
      await load().catch(() => {});
    }
  }
  const busy = live.querySelector('[data-busy="true"]') !== null;
  if (wasBusy && !busy) {
    // The buttons above depend on what was just installed or found.
    location.reload();
    return;
  }
  wasBusy = busy;
  setTimeout(() => turn(count + 1), busy ? 700 : 3000);
}

load().catch(() => {});
turn(1);
