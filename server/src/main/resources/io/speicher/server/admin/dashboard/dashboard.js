// The dashboard: what is shown, where it comes from, and what is said when it does not come.

import { clearAll, disconnect, openSession, resetCounters, say } from './actions.js';
import { BYTE_STEPS, Chart, element } from './charts.js';
import { fetchJson, follow } from './feed.js';
import { Curve } from './curve.js';
import { byteRate, bytes, clock, count, duration, nanos, percent, rate, whole } from './format.js';
import { LATENCY } from './heatmap.js';
import { clusterTables, tables } from './tables.js';

const byId = (id) => document.getElementById(id);

// ---- what is computed of a sample ----

const operations = (sample) => Object.values(sample.commands_per_second).reduce((sum, one) => sum + one, 0);

function hitRatio({ per_second: { get_hits: hits, get_misses: misses } }) {
  return hits + misses > 0 ? hits / (hits + misses) : null;
}

const cores = ({ per_second: { user_cpu_us: user, system_cpu_us: system } }) => (user + system) / 1e6;
const meanLoad = ({ loop_load: loads }) => loads.reduce((sum, one) => sum + one, 0) / Math.max(1, loads.length);
const busiest = ({ loop_load: loads }) => Math.max(0, ...loads);

/** What the process holds beside items and connections: code, heap, threads. */
const otherBytes = (sample) => Math.max(0, sample.resident_bytes - sample.used_bytes - sample.connection_bytes);

// ---- tiles ----

const TILES = [
  { label: 'Operations', value: (s) => rate(operations(s)), detail: (s) => `errors ${rate(s.per_second.errors)}` },
  { label: 'Hit ratio', value: (s) => percent(hitRatio(s)), detail: (s) => `misses ${rate(s.per_second.get_misses)}` },
  {
    label: 'Latency, p99',
    value: (s) => (s.latency.count > 0 ? nanos(s.latency.p99_ns) : '–'),
    detail: (s) => (s.latency.count > 0 ? `median ${nanos(s.latency.p50_ns)}` : 'no commands'),
  },
  {
    label: 'Memory',
    value: (s) => percent(s.used_bytes / s.memory_bytes),
    detail: (s) => `${bytes(s.used_bytes)} of ${bytes(s.memory_bytes)}`,
    share: (s) => s.used_bytes / s.memory_bytes,
  },
  { label: 'Items', value: (s) => count(s.items), detail: (s) => `evicted ${rate(s.per_second.evicted_items)}` },
  {
    label: 'Connections',
    value: (s) => whole(s.current_connections),
    detail: (s) => `of at most ${whole(s.max_connections)}`,
    share: (s) => s.current_connections / s.max_connections,
  },
  { label: 'Processor', value: (s) => percent(cores(s)), detail: (s) => `of a core; loops ${percent(meanLoad(s))}` },
];

function tile({ label, value, detail, share }) {
  const figure = element('dd', { className: 'figure', textContent: '–' });
  const more = element('dd', { className: 'detail', textContent: ' ' });
  const made = element('div', { className: 'tile' }, element('dt', { textContent: label }), figure, more);
  const bar = element('span', { className: 'bar' }, element('span'));
  if (share) made.append(element('dd', { className: 'share', ariaHidden: 'true' }, bar));
  byId('tiles').append(made);
  return (sample) => {
    figure.textContent = value(sample);
    more.textContent = detail(sample);
    if (share) {
      bar.firstChild.style.width = `${Math.min(100, 100 * share(sample))}%`;
      bar.classList.toggle('full', share(sample) > 0.95);
    }
  };
}

// ---- charts ----

const DIALECTS = [
  ['resp', 'RESP', '--c1'],
  ['json', 'JSON', '--c2'],
  ['memcached', 'memcached', '--c3'],
  ['memcached_binary', 'memcached, binary', '--c4'],
];

const perSecond = (label, member, color) => ({ label, color, value: (sample) => sample.per_second[member] });

const CHARTS = [
  {
    title: 'Operations by dialect',
    wide: true,
    format: rate,
    stacked: true,
    now: (sample) => rate(operations(sample)),
    series: DIALECTS.map(([name, label, color]) => ({
      label,
      color,
      value: (sample) => sample.commands_per_second[name] ?? 0,
    })),
  },
  {
    title: 'Hit ratio',
    format: percent,
    max: 1,
    now: (sample) => percent(hitRatio(sample)),
    series: [{ label: 'keys found, of those asked for', color: '--c1', value: hitRatio }],
  },
  LATENCY,
  {
    title: 'Memory by purpose',
    format: bytes,
    steps: BYTE_STEPS,
    stacked: true,
    now: (sample) => `resident ${bytes(sample.resident_bytes)}`,
    series: [
      { label: 'the process itself', color: '--c4', value: otherBytes },
      { label: 'connections', color: '--c3', value: (sample) => sample.connection_bytes },
      { label: 'items and index', color: '--c1', value: (sample) => sample.used_bytes },
      { label: 'budget of items', color: '--line-3', isLimit: true, value: (sample) => sample.memory_bytes },
    ],
  },
  {
    title: 'Evictions and expiry',
    format: rate,
    series: [
      perSecond('evicted to make room', 'evicted_items', '--c3'),
      perSecond('expired', 'expired_items', '--c1'),
      perSecond('stored', 'sets', '--c2'),
    ],
  },
  {
    title: 'Load of event loops',
    format: percent,
    max: 1,
    now: (sample) => `${sample.loop_load.length} ${sample.loop_load.length === 1 ? 'loop' : 'loops'}`,
    series: [
      { label: 'busiest', color: '--c3', value: busiest },
      { label: 'mean', color: '--c1', value: meanLoad },
    ],
  },
  {
    title: 'Connections',
    format: whole,
    now: (sample) => `${rate(sample.per_second.connections)} new, ${rate(sample.per_second.rejected_connections)} rejected`,
    series: [{ label: 'open', color: '--c1', value: (sample) => sample.current_connections }],
  },
  {
    title: 'Network',
    wide: true,
    format: byteRate,
    steps: BYTE_STEPS,
    series: [perSecond('received', 'read_bytes', '--c2'), perSecond('sent', 'written_bytes', '--c1')],
  },
];

const charts = CHARTS.map((spec) => new Chart(spec));
const curve = new Curve();
const lists = tables(disconnect);
const ofCluster = clusterTables();
const tiles = TILES.map(tile);
byId('charts').append(...charts.map((chart) => chart.panel));
charts[CHARTS.indexOf(LATENCY)].panel.after(curve.panel);
byId('tables').append(...[...ofCluster, ...lists].map((list) => list.panel));

// ---- colours ----

const THEMES = { auto: 'As the system', light: 'Light', dark: 'Dark' };
const themeChoice = byId('theme');

function paint(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  [...charts, curve].forEach((chart) => chart.recolor());
}

Object.entries(THEMES).forEach(([value, textContent]) => themeChoice.append(element('option', { value, textContent })));
themeChoice.value = localStorage.getItem('theme') ?? 'auto';
themeChoice.onchange = () => {
  localStorage.setItem('theme', themeChoice.value);
  paint(themeChoice.value);
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paint(themeChoice.value));
document.addEventListener('visibilitychange', () => charts.forEach((chart) => chart.draw()));
paint(themeChoice.value);

// ---- actions ----

byId('reset').onclick = resetCounters;
byId('clear').onclick = clearAll;

// ---- live ----

const connection = byId('connection');
const banner = byId('lost');
let wasLost = false;

function tellConnection(state, text) {
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = text;
}

follow({
  async connected() {
    const [session, status, cluster] = await Promise.all([
      openSession(),
      ...['status', 'cluster'].map((page) => fetchJson(`/api/v1/${page}`)),
    ]);
    byId('version').textContent = status.version;
    byId('who').textContent = session.user;
    byId('login').hidden = session.may_administer;
    byId('reset').disabled = !session.may_administer;
    byId('clear').disabled = !session.may_clear;
    lists.forEach((list) => list.allow(session.may_administer));
    ofCluster.forEach((list) => {
      list.panel.hidden = cluster.name === '';
      if (cluster.name !== '') list.allow(true);
    });
    curve.refresh();
    tellConnection('live', 'live');
    banner.hidden = true;
    document.body.classList.remove('stale');
    if (wasLost) say('Connected again.');
    wasLost = false;
  },

  samples(samples, bounds) {
    const last = samples.at(-1);
    if (!last) return;
    tiles.forEach((show) => show(last));
    charts.forEach((chart) => chart.show(samples, bounds));
    byId('uptime').textContent = duration(last.uptime_ms);
  },

  lost(why) {
    const text = why
      ? `The server refuses: ${why}. Trying again …`
      : `The server has not answered since ${clock(Date.now())}. Trying again …`;
    if (banner.hidden || why) banner.querySelector('p').textContent = text;
    banner.hidden = false;
    tellConnection('lost', 'connection lost');
    document.body.classList.add('stale');
    wasLost = true;
  },
});
