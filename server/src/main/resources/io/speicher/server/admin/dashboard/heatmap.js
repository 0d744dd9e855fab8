// Latency over time: how many commands took how long, as the depth of a colour, with percentiles as lines above.

import { axes, css } from './charts.js';
import { nanos } from './format.js';

const MIN_NANOS = 1024;
const MAX_NANOS = 4.3e9;

/** The lowest and the highest class that anything is in, with some room, so that cells are not too flat. */
function range(samples, bounds) {
  let low = bounds.length;
  let high = 0;
  for (const { latency } of samples) {
    latency.counts.forEach((number, i) => {
      if (number > 0) {
        low = Math.min(low, i);
        high = Math.max(high, i);
      }
    });
  }
  if (low > high) return [10_000, 10_000_000];
  const bottom = bounds[Math.max(0, low - 2)] ?? MIN_NANOS;
  const top = bounds[Math.min(bounds.length - 1, high + 1)] ?? MAX_NANOS;
  return [bottom, Math.max(top, bottom * 32)];
}

function paintCells(plot, samples, bounds) {
  const { ctx } = plot;
  const [r, g, b] = css('--heat').split(',').map(Number);
  const { left, top, width, height } = plot.bbox;
  const cell = Math.ceil(width / 300) + 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const sample of samples) {
    const { counts } = sample.latency;
    const most = Math.max(1, ...counts);
    const x = plot.valToPos(sample.at_ms / 1000, 'x', true) - cell + 1;
    counts.forEach((number, i) => {
      if (number === 0) return;
      const lower = i === 0 ? bounds[0] / 1.5 : bounds[i - 1];
      const y = plot.valToPos(bounds[i], 'y', true);
      const share = Math.sqrt(number / most); // Few are to be seen, too: they are what people wait for.
      ctx.fillStyle = `rgba(${r}, ${g}, ${b}, ${0.12 + 0.83 * share})`;
      ctx.fillRect(x, y, cell, plot.valToPos(lower, 'y', true) - y);
    });
  }
  ctx.restore();
}

const percentile = (label, member, color) => ({
  label,
  color,
  value: ({ latency }) => (latency.count > 0 ? Math.max(MIN_NANOS, latency[member]) : null),
});

export const LATENCY = {
  title: 'Latency',
  wide: true,
  note: 'From the receipt of a command to its reply, of one in 16 commands.',
  format: nanos,
  now: ({ latency }) => (latency.count > 0 ? `p99 ${nanos(latency.p99_ns)}` : 'no commands'),
  series: [
    percentile('half stay below', 'p50_ns', '--line-1'),
    percentile('99 %', 'p99_ns', '--line-2'),
    percentile('99.9 %', 'p999_ns', '--line-3'),
  ],
  options: (chart) => {
    const base = chart.spec;
    const [time, scale] = axes(nanos);
    // A line at each power of ten, and none between them.
    scale.splits = () => {
      const [low, high] = range(chart.samples, chart.bounds);
      return Array.from({ length: 11 }, (_, i) => 10 ** i).filter((value) => value >= low && value <= high);
    };
    return {
      axes: [time, scale],
      scales: {
        x: { range: () => chart.timeRange() },
        y: { distr: 3, log: 10, range: () => range(chart.samples, chart.bounds) },
      },
      hooks: {
        drawAxes: [(plot) => paintCells(plot, chart.samples, chart.bounds)],
        setCursor: [(plot) => chart.tell(chart.samples[plot.cursor.idx] ?? chart.samples.at(-1))],
      },
      series: [{}, ...base.series.map((series) => ({ ...chart.line(series), fill: undefined }))],
    };
  },
};
