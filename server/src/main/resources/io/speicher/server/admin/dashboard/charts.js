// Charts of the last minutes. A chart is declared: its series say how to read their value from a sample.

/* global uPlot */

const CURSOR = { sync: { key: 'time' }, drag: { x: false, y: false }, points: { size: 6 }, y: false };
export const HEIGHT = 168;

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The axes of all charts: time below, few values at the left. */
export function axes(format, incrs) {
  const line = { stroke: css('--grid'), width: 1 };
  const font = `11px ${css('--font')}`;
  return [
    {
      stroke: css('--muted'), font, grid: { show: false }, ticks: { show: false }, size: 24, space: 60,
      values: (_, splits) => splits.map((at) => new Date(1000 * at).toLocaleTimeString('en-GB').slice(0, 5)),
      incrs: [60, 120, 300, 600],
    },
    {
      stroke: css('--muted'), font, grid: line, ticks: { show: false }, size: 66, gap: 6, space: 34, ...(incrs && { incrs }),
      values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))),
    },
  ];
}

/** Steps of a scale in bytes: 1, 2, 4 ... */
export const BYTE_STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** The frame of a panel: a heading, what it shows now in words and figures, and room to draw. */
export function frame(title, note) {
  const heading = element('h2', { textContent: title });
  const now = element('p', { className: 'now' });
  const legend = element('ul', { className: 'legend' });
  const plot = element('div', { className: 'plot' });
  plot.setAttribute('aria-hidden', 'true');
  const panel = element('section', { className: 'panel chart' }, element('header', {}, heading, now), plot, legend);
  const more = element('p', { className: 'note', textContent: note ?? '', hidden: !note });
  panel.append(more);
  panel.setAttribute('aria-label', title);
  return { panel, now, legend, plot, note: more };
}

/**
 * A chart that is drawn anew when there are samples, when its width changes, and when the colours do.
 *
 * @param spec title, note; now(sample): what is shown beside the title; format; steps: of the scale, if they are no
 *   decimal ones; series: label, color (the name of a custom property), value(sample), isLimit: whether it is a line
 *   that what is stacked should stay below; stacked; max: the top of the scale, if it is not what is drawn;
 *   wide: whether it takes two columns; options(chart): more for uPlot
 */
export class Chart {
  constructor(spec) {
    this.spec = spec;
    Object.assign(this, frame(spec.title, spec.note));
    this.panel.classList.toggle('wide', spec.wide === true);
    this.samples = [];
    this.values = spec.series.map((series) => {
      const value = element('b', { textContent: '–' });
      const mark = element('i', {});
      mark.style.background = `var(${series.color})`;
      mark.classList.toggle('limit', series.isLimit === true);
      this.legend.append(element('li', {}, mark, element('span', { textContent: series.label }), value));
      return value;
    });
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  show(samples, bounds) {
    this.samples = samples;
    this.bounds = bounds;
    this.draw();
  }

  /** Colours are read anew. */
  recolor() {
    this.uplot?.destroy();
    this.uplot = null;
    this.draw();
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width === 0 || this.samples.length === 0 || document.hidden) return;
    const data = this.data();
    if (!this.uplot) {
      this.uplot = new uPlot(this.options(width), data, this.plot);
    } else {
      if (this.uplot.width !== width) this.uplot.setSize({ width, height: HEIGHT });
      this.uplot.setData(data);
    }
    if (this.uplot.cursor.idx == null || this.uplot.cursor.left < 0) this.tell(this.samples.at(-1));
  }

  data() {
    const rows = this.spec.series.map((series) => this.samples.map((sample) => series.value(sample) ?? null));
    if (this.spec.stacked) {
      const last = this.spec.series.findLastIndex((series) => !series.isLimit);
      for (let i = last - 1; i >= 0; i--) rows[i] = rows[i].map((value, at) => value + rows[i + 1][at]);
    }
    return [this.samples.map((sample) => sample.at_ms / 1000), ...rows];
  }

  options(width) {
    const spec = this.spec;
    return {
      width,
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: CURSOR,
      axes: axes(spec.format, spec.steps),
      scales: {
        x: { range: () => this.timeRange() },
        y: { range: (_, low, high) => [0, spec.max ?? (high > 0 ? high * 1.1 : 1)] },
      },
      series: [{}, ...spec.series.map((series) => this.line(series))],
      hooks: { setCursor: [(plot) => this.tell(this.samples[plot.cursor.idx] ?? this.samples.at(-1))] },
      ...spec.options?.(this),
    };
  }

  line(series) {
    const color = css(series.color);
    if (series.isLimit) return { stroke: color, width: 1.5, dash: [6, 4], points: { show: false } };
    return {
      stroke: color,
      width: 1.5,
      fill: this.spec.stacked ? `${color}55` : this.spec.series.length === 1 ? `${color}22` : undefined,
      points: { show: false },
      spanGaps: false,
    };
  }

  /** Always the same span, so that charts move at one pace and can be compared. */
  timeRange() {
    const end = this.samples.at(-1).at_ms / 1000;
    return [end - 300, end];
  }

  /** Writes what was at one moment into the legend. */
  tell(sample) {
    if (!sample) return;
    this.spec.series.forEach((series, i) => {
      this.values[i].textContent = this.spec.format(series.value(sample));
    });
    this.now.textContent = this.spec.now?.(sample) ?? '';
  }
}
