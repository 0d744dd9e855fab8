// What the hit ratio would be with less or more memory, as long as the store has an estimate.

/* global uPlot */

import { HEIGHT, axes, css, element, frame } from './charts.js';
import { choice } from './tables.js';
import { fetchJson } from './feed.js';
import { bytes, count, percent } from './format.js';

const EVERY_MILLIS = 10_000;
const SIZES = [[0.5, 'half the memory'], [1, 'now'], [2, 'twice the memory']];

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
    this.panel.hidden = points.length === 0;
    this.uplot?.destroy();
    this.uplot = null;
    SIZES.forEach(([scale], i) => {
      this.values[i].textContent = percent(points.find((point) => point.scale === scale)?.hit_ratio);
    });
    if (points.length === 0 || this.plot.clientWidth === 0) return;
    this.note.textContent = `Estimated on a sample of the keys: ${count(reads)} reads.`;
    this.uplot = new uPlot(this.options(points), [points.map((p) => p.memory_bytes), points.map((p) => p.hit_ratio)], this.plot);
  }

  options(points) {
    const [below, left] = axes(percent);
    const sizes = points.map((point) => point.memory_bytes);
    Object.assign(below, { splits: () => sizes.filter((_, i) => i % 2 === 0), values: (_, splits) => splits.map(bytes) });
    const color = css('--c1');
    return {
      width: this.plot.clientWidth,
      height: HEIGHT,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      axes: [below, left],
      scales: { x: { time: false, distr: 3, log: 2, range: () => [sizes[0], sizes.at(-1)] }, y: { range: () => [0, 1] } },
      series: [{}, { stroke: color, width: 2, fill: `${color}22`, points: { show: true, size: 6, fill: color } }],
    };
  }
}
