// Numbers as people read them: three significant digits, a unit, and a dash where there is none.

const NONE = '–';
const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'];
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const TIME_UNITS = ['ns', 'µs', 'ms', 's'];

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** 0.5, 12.3, 123, 1,234: so many decimals that three digits are told. */
function digits(value) {
  const size = Math.abs(value);
  const decimals = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return Number(value.toFixed(decimals)).toLocaleString('en', { maximumFractionDigits: decimals });
}

function scaled(value, step, units) {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= step && index < units.length - 1) {
    rest /= step;
    index++;
  }
  // 999.6 is 1,000 when it is rounded, and reads better as 1 of the next unit.
  if (Math.abs(rest) >= step - 0.5 && index < units.length - 1) {
    rest /= step;
    index++;
  }
  return [rest, units[index]];
}

function withUnit(value, step, units) {
  if (!isNumber(value)) return NONE;
  const [number, unit] = scaled(value, step, units);
  return unit ? `${digits(number)} ${unit}` : digits(number);
}

export const count = (value) => withUnit(value, 1000, COUNT_UNITS);
export const rate = (value) => (isNumber(value) ? `${count(value)}/s` : NONE);
export const bytes = (value) => withUnit(value, 1024, BYTE_UNITS);
export const byteRate = (value) => (isNumber(value) ? `${bytes(value)}/s` : NONE);
export const nanos = (value) => withUnit(value, 1000, TIME_UNITS);
export const percent = (value) =>
  isNumber(value) ? `${Number((100 * value).toFixed(value < 0.1 || value > 0.99 ? 2 : 1))} %` : NONE;
export const whole = (value) => (isNumber(value) ? Math.round(value).toLocaleString('en') : NONE);

/** 3 d 4 h, 5 min 6 s: two units are enough. */
export function duration(millis) {
  if (!isNumber(millis)) return NONE;
  const parts = [];
  let rest = Math.floor(millis / 1000);
  for (const [name, seconds] of [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]) {
    const some = Math.floor(rest / seconds);
    rest -= some * seconds;
    if (some > 0 || (name === 's' && parts.length === 0)) parts.push(`${some} ${name}`);
  }
  return parts.slice(0, 2).join(' ');
}

export const clock = (millis) => new Date(millis).toLocaleTimeString('en-GB');
export const dateAndClock = (millis) =>
  new Date(millis).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
