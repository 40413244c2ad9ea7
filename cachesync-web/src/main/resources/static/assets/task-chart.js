// Draws MB/s, commands/s and lag of a task. Colours come from the sheet, so that light and dark fit.
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
  const long = () => range === 'MINUTE' || range === 'TEN_MINUTES';

  function options() {
    const text = colour('--muted');
    const line = colour('--line');
    const tones = [colour('--accent'), colour('--busy'), colour('--warn')];
    const axis = (name, extra) => ({
      type: 'value', name, min: 0, nameTextStyle: { color: text }, axisLabel: { color: text, formatter: (value) => number.format(value) },
      splitLine: { lineStyle: { color: line } }, ...extra,
    });
    const series = (name, index, data, yAxisIndex) => ({
      name, type: 'line', showSymbol: false, smooth: false, connectNulls: false, yAxisIndex, data,
      lineStyle: { width: 1.8, type: index === 2 ? 'dashed' : 'solid' }, areaStyle: index === 0 ? { opacity: 0.12 } : undefined,
    });
    return {
      animation: false,
      color: tones,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 24, right: 16, top: 56, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: text }, itemWidth: 18 },
      tooltip: {
        trigger: 'axis', renderMode: 'richText', backgroundColor: colour('--raised'), borderColor: line, textStyle: { color: colour('--text') },
        formatter: (points) => [day.format(points[0].value[0])].concat(points.map((point) => `${point.seriesName}  ${point.value[1] === null ? '–' : number.format(point.value[1])}`)).join('\n'),
      },
      xAxis: { type: 'time', axisLabel: { color: text, hideOverlap: true, formatter: (at) => (long() ? day : time).format(at) }, axisLine: { lineStyle: { color: line } } },
      yAxis: [axis(names[0]), axis(names[1], { position: 'right', nameTextStyle: { color: text, align: 'right' }, splitLine: { show: false } }), axis(names[2], { show: false })],
      series: [
        series(names[0], 0, samples.map((each) => [each.at, known(each.bytesPerSecond, 1048576)]), 0),
        series(names[1], 1, samples.map((each) => [each.at, known(each.commandsPerSecond, 1)]), 1),
        series(names[2], 2, samples.map((each) => [each.at, known(each.lagMillis, 1)]), 2),
      ],
    };
  }

  async function load(wanted) {
    range = wanted;
    const response = await fetch(`${box.dataset.samples}?resolution=${wanted}`, { headers: { Accept: 'application/json' } });
    if (response.ok) {
      samples = await response.json();
      chart.setOption(options(), true);
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
