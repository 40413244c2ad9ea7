// Draws MB/s and commands/s of a task, and below them, on the same times, its lag. Colours come from the
// sheet, so that light and dark fit.
import { getJson } from './http.js';
import { onLive } from './task-live.js';

const box = document.getElementById('chart');
if (box && window.echarts) {
  draw();
}

function draw() {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement('span');
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = style.getPropertyValue(name);
    return getComputedStyle(probe).color;
  };
  const locale = document.documentElement.lang || 'en';
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const chart = window.echarts.init(box);
  const names = [box.dataset.rate, box.dataset.commands, box.dataset.lag];
  let range = 'SECOND';
  let samples = [];

  const known = (value, unit) => (value < 0 ? null : value / unit);
  // As the figures of the page have them.
  const units = locale.startsWith('zh') ? { ms: '毫秒', s: '秒' } : { ms: 'ms', s: 's' };
  const lagText = (millis) => (millis < 1000 ? `${number.format(millis)} ${units.ms}` : `${number.format(millis / 1000)} ${units.s}`);
  // Nothing was measured while no agent ran: the line breaks instead of sloping over that time.
  const gapMillis = { SECOND: 5e3, TEN_SECONDS: 3e4, MINUTE: 18e4, TEN_MINUTES: 18e5 };
  const points = (value) => samples.flatMap((each, index) => {
    const before = samples[index - 1];
    const gap = before && each.at - before.at > gapMillis[range] ? [[before.at + 1, null]] : [];
    return [...gap, [each.at, value(each)]];
  });
  // One sample alone would stand in the middle of two days.
  const leastMillis = { SECOND: 3e4, TEN_SECONDS: 3e5, MINUTE: 18e5, TEN_MINUTES: 18e6 };
  const end = () => (samples.length ? samples[samples.length - 1].at : undefined);
  const begin = () => (samples.length ? Math.min(samples[0].at, end() - leastMillis[range]) : undefined);
  const long = () => range === 'MINUTE' || range === 'TEN_MINUTES';

  function options() {
    const text = colour('--muted');
    const line = colour('--line');
    const tones = [colour('--accent'), colour('--busy'), colour('--warn')];
    // Without a figure an axis would have no scale, and its box would look broken.
    const axis = (name, least, extra) => ({
      type: 'value', name, min: 0, max: (value) => (value.max > 0 ? null : least), splitNumber: 4, nameTextStyle: { color: text }, axisLabel: { color: text, formatter: (value) => number.format(value) },
      splitLine: { lineStyle: { color: line } }, ...extra,
    });
    const times = (gridIndex, show) => ({
      type: 'time', gridIndex, axisLabel: { show, color: text, hideOverlap: true, formatter: (at) => (long() ? day : time).format(at) },
      axisLine: { lineStyle: { color: line } }, axisTick: { show }, min: begin(), max: end(),
    });
    const series = (name, index, data) => ({
      name, type: 'line', showSymbol: samples.length === 1, smooth: false, connectNulls: false, xAxisIndex: index === 2 ? 1 : 0, yAxisIndex: index, data,
      lineStyle: { width: 1.8, type: ['solid', 'dashed', 'solid'][index] }, areaStyle: index === 1 ? undefined : { opacity: 0.12 },
    });
    return {
      animation: false,
      color: tones,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: [{ left: 56, right: 64, top: 56, bottom: '42%' }, { left: 56, right: 64, top: '70%', bottom: 24 }],
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      legend: { top: 0, left: 0, textStyle: { color: text }, icon: 'roundRect', itemWidth: 18, itemHeight: 4 },
      tooltip: {
        trigger: 'axis', renderMode: 'richText', backgroundColor: colour('--raised'), borderColor: line, textStyle: { color: colour('--text') },
        formatter: (points) => [day.format(points[0].value[0])].concat(points.map((point) => `${point.seriesName}  ${point.value[1] === null ? '–' : (point.seriesIndex === 2 ? lagText : number.format)(point.value[1])}`)).join('\n'),
      },
      xAxis: [times(0, false), times(1, true)],
      yAxis: [
        axis(names[0], 1.2),
        axis(names[1], 1.2, { position: 'right', nameTextStyle: { color: text, align: 'right' }, splitLine: { show: false } }),
        axis(names[2], 1000, { gridIndex: 1, splitNumber: 2, axisLabel: { color: text, formatter: lagText } }),
      ],
      series: [
        series(names[0], 0, points((each) => known(each.bytesPerSecond, 1048576))),
        series(names[1], 1, points((each) => known(each.commandsPerSecond, 1))),
        series(names[2], 2, points((each) => known(each.lagMillis, 1))),
      ],
    };
  }

  async function load(wanted) {
    range = wanted;
    try {
      samples = await getJson(`${box.dataset.samples}?resolution=${wanted}`);
      chart.setOption(options(), true);
    } catch {
      // What is drawn stays, until a range is chosen again.
    }
  }

  onLive('samples', (fresh) => {
    const last = samples.length ? samples[samples.length - 1].bucket : 0;
    if (range === 'SECOND') {
      samples = samples.concat(fresh.filter((each) => each.bucket > last)).slice(-900);
      chart.setOption(options());
    }
  });
  for (const button of document.querySelectorAll('[data-range]')) {
    button.addEventListener('click', () => {
      document.querySelectorAll('[data-range]').forEach((each) => each.setAttribute('aria-pressed', each === button));
      load(button.dataset.range);
    });
  }
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.setOption(options(), true));
  load(range);
}
