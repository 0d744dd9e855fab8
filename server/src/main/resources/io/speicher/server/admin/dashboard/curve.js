// What the hit ratio would be with less or more memory, as long as the store has an estimate.

/* global uPlot */

import { HEIGHT, axes, css, element, frame } from './charts.js';
import { choice } from './tables.js';
import { fetchJson } from './feed.js';
import { bytes, count, percent } from './format.js';

const EVERY_MILLIS = 10_000;
const SIZES = [[0.5, 'half the memory'], [1, 'now'], [2, 'twice the memory']];

/** How often each size has to be doubled from the present one; half of it is -1. */
const doublings = (points) => points.map((point) => Math.log2(point.scale));

export class Curve {
  constructor() {
    Object.assign(this, frame('Hit ratio by memory', 'Estimated on a sample of the keys that are read.'));
    this.period = 'last_hour';
    const periods = [['last_hour', 'last hour'], ['last_day', 'last day']];
    this.now.replaceWith(
      choice('Period of the estimate', periods, (value) => {
        this.period = value;
        this.draw();
      }),
    );
    this.values = SIZES.map(([, label]) => {
      const value = element('b', { textContent: '–' });
      this.legend.append(element('li', {}, element('span', { textContent: label }), value));
      return value;
    });
    this.panel.hidden = true;
    new ResizeObserver(() => this.draw()).observe(this.plot);
    setInterval(() => this.refresh(), EVERY_MILLIS);
  }

  async refresh() {
    if (document.hidden) return;
    try {
      this.answer = await fetchJson('/api/v1/hitratio');
      this.draw();
    } catch {
      // The feed says that the server is gone; the curve of before stays.
    }
  }

  recolor() {
    this.draw();
  }

  draw() {
    const { points = [], sampled_reads: reads = 0 } = this.answer?.[this.period] ?? {};
    this.panel.hidden = !Object.values(this.answer ?? {}).some((period) => period.points.length > 0);
    this.note.textContent = points.length > 0 ? `Estimated on ${count(reads)} sampled reads.` : 'Nothing was read in this time.';
    this.uplot?.destroy();
    this.uplot = null;
    SIZES.forEach(([scale], i) => {
      this.values[i].textContent = percent(points.find((point) => point.scale === scale)?.hit_ratio);
    });
    if (points.length === 0 || this.plot.clientWidth === 0) return;
    this.uplot = new uPlot(this.options(points), [doublings(points), points.map((point) => point.hit_ratio)], this.plot);
  }

  options(points) {
    const [below, left] = axes(percent);
    const at = doublings(points);
    below.splits = () => at.filter((_, i) => i % 2 === 0);
    below.values = () => points.filter((_, i) => i % 2 === 0).map((point) => bytes(point.memory_bytes));
    const color = css('--c1');
    return {
      width: this.plot.clientWidth,
      height: HEIGHT,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      axes: [below, left],
      scales: { x: { time: false, range: () => [at[0], at.at(-1)] }, y: { range: () => [0, 1] } },
      series: [{}, { stroke: color, width: 2, fill: `${color}22`, points: { show: true, size: 6, fill: color } }],
    };
  }
}
