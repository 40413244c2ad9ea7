// Times come from the server in UTC; here they become relative, with the exact one of the reader's zone on hover, or what data-title says.
const locale = document.documentElement.lang || 'en';
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const STEPS = [['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12], ['year', Infinity]];

export function relativeTime(instant, now = Date.now()) {
  let amount = (new Date(instant).getTime() - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) {
      return relative.format(Math.round(amount), unit);
    }
    amount /= size;
  }
  return exactTime(instant);
}

export const exactTime = (instant) => exact.format(new Date(instant));
export const clockTime = (instant) => clock.format(new Date(instant));

/** Renders every time element below the root; call it again after live content was added. */
export function renderTimes(root = document) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const form = { exact: exactTime, clock: clockTime }[element.dataset.form] ?? relativeTime;
    element.textContent = form(element.dateTime);
    element.title = element.dataset.title ?? exactTime(element.dateTime);
  }
}
