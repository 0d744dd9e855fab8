// Lists that are asked for every few seconds, while somebody can see them: keys, slow commands, clients, settings.

import { element } from './charts.js';
import { fetchJson } from './feed.js';
import { bytes, count, dateAndClock, duration, whole } from './format.js';

const EVERY_MILLIS = 5000;

/**
 * A panel with a table.
 *
 * @param spec title; path; rows(answer); columns: label, cell(row) that returns text or an element, number: whether
 *   it stands at the right; empty: what is said where there are no rows; control: an element above the table;
 *   matches(row): whether a row is shown
 */
export class Table {
  constructor(spec) {
    this.spec = spec;
    this.isVisible = false;
    this.message = element('p', { className: 'empty', textContent: 'Loading …' });
    this.body = element('tbody');
    const head = element('tr');
    for (const { label, number } of spec.columns) {
      head.append(element('th', { textContent: label, scope: 'col', className: number ? 'number' : '' }));
    }
    this.table = element('table', { hidden: true }, element('thead', {}, head), this.body);
    this.table.setAttribute('aria-label', spec.title);
    // Whoever has no mouse scrolls with the keys, and for that it takes the focus.
    this.scroll = element('div', { className: 'scroll', tabIndex: 0, role: 'region' }, this.table);
    this.scroll.setAttribute('aria-label', `${spec.title}, list`);
    const header = element('header', {}, element('h2', { textContent: spec.title }));
    if (spec.control) header.append(spec.control(this));
    this.panel = element('section', { className: 'panel table' }, header, this.message, this.scroll);
    if (spec.wide) this.panel.classList.add('wide');
    this.panel.setAttribute('aria-label', spec.title);
    new IntersectionObserver(([entry]) => {
      this.isVisible = entry.isIntersecting;
      if (this.isVisible) this.refresh();
    }).observe(this.panel);
    setInterval(() => this.refresh(), EVERY_MILLIS);
  }

  /** @param may whether the user has the right to see it; the server decides, this only saves asking */
  allow(may) {
    this.isAllowed = may;
    this.refresh(true);
  }

  async refresh(isForced = false) {
    if (this.isAllowed === undefined || (!isForced && (!this.isVisible || document.hidden))) return;
    if (!this.isAllowed) {
      this.say('Only users who may administer see this. Log in as one of them.');
      return;
    }
    try {
      this.rows = this.spec.rows(await fetchJson(this.spec.path));
      this.show();
    } catch (error) {
      if (error.status) this.say(error.message);
    }
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = false;
    this.table.hidden = this.scroll.hidden = true;
  }

  show() {
    if (!this.rows) return;
    const shown = this.rows.filter((row) => this.spec.matches?.(row) ?? true);
    if (shown.length === 0) {
      this.say(this.spec.empty);
      return;
    }
    this.message.hidden = true;
    this.table.hidden = this.scroll.hidden = false;
    const focused = document.activeElement?.dataset?.key;
    this.body.replaceChildren(
      ...shown.map((row) => {
        const line = element('tr');
        this.spec.columns.forEach(({ cell, number }) => {
          line.append(element('td', { className: number ? 'number' : '' }, cell(row)));
        });
        return line;
      }),
    );
    // The row is another one now; whoever was on its button is there still.
    if (focused) this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}

const code = (text) => element('code', { textContent: text, title: text });

export function choice(label, options, changed) {
  const select = element('select', { onchange: () => changed(select.value) });
  select.setAttribute('aria-label', label);
  options.forEach(([value, text]) => select.append(element('option', { value, textContent: text })));
  return select;
}

const HOT_RANKS = [['hot_keys', 'by uses'], ['hot_keys_by_bytes', 'by bytes']];
const HOT_WINDOWS = [['60', 'last minute'], ['3600', 'last hour']];
let hotRank = 'hot_keys';
let hotWindow = '60';
const HOT_KEYS = {
  title: 'Hot keys',
  path: '/api/v1/hotkeys',
  empty: 'No key is used often enough to be noted.',
  rows: (answer) => HOT_RANKS.flatMap(([rank]) => answer[rank].map((row) => ({ ...row, rank }))),
  matches: (row) => row.rank === hotRank && String(row.window_s) === hotWindow,
  control: (table) =>
    element(
      'div',
      {},
      choice('Order of the hot keys', HOT_RANKS, (value) => {
        hotRank = value;
        table.show();
      }),
      choice('Window of the hot keys', HOT_WINDOWS, (value) => {
        hotWindow = value;
        table.show();
      }),
    ),
  columns: [
    { label: 'Key', cell: (row) => code(row.key) },
    { label: 'Uses', number: true, cell: (row) => count(row.uses) },
    { label: 'Transferred', number: true, cell: (row) => bytes(row.transferred_bytes) },
  ],
};

const BIG_KEYS = {
  title: 'Big keys',
  path: '/api/v1/bigkeys',
  empty: 'There are no items, or they have not all been looked at yet.',
  rows: (answer) => answer.big_keys,
  columns: [
    { label: 'Key', cell: (row) => code(row.key) },
    { label: 'Item', number: true, cell: (row) => bytes(row.item_bytes) },
  ],
};

const SLOW_LOG = {
  title: 'Slow log',
  wide: true,
  path: '/api/v1/slowlog',
  empty: 'No command has taken longer than slowlog-log-slower-than.',
  rows: (answer) => answer.slow_commands,
  columns: [
    { label: 'Time', cell: (row) => dateAndClock(row.at_ms) },
    { label: 'Took', number: true, cell: (row) => `${whole(row.duration_us)} µs` },
    { label: 'Command', cell: (row) => code(row.words.join(' ')) },
    { label: 'Client', cell: (row) => (row.client ? `${row.client} (${row.peer})` : row.peer) },
  ],
};

const clients = (disconnect) => ({
  title: 'Clients',
  wide: true,
  path: '/api/v1/clients',
  empty: 'Nobody is connected.',
  rows: (answer) => answer.clients.filter((row) => row.last_command !== 'http').slice(0, 500),
  columns: [
    { label: 'Address', cell: (row) => row.peer },
    { label: 'Name', cell: (row) => row.name || [row.library, row.library_version].filter(Boolean).join(' ') || '–' },
    { label: 'User', cell: (row) => row.user || '–' },
    { label: 'Last command', cell: (row) => (row.last_command ? code(row.last_command) : '–') },
    { label: 'Connected', number: true, cell: (row) => duration(row.age_ms) },
    { label: 'Idle', number: true, cell: (row) => duration(row.idle_ms) },
    { label: 'Holds', number: true, cell: (row) => bytes(row.held_bytes) },
    {
      label: 'Action',
      cell: (row) => {
        const button = element('button', { className: 'small', textContent: 'Disconnect' });
        button.dataset.key = `client-${row.id}`;
        button.setAttribute('aria-label', `Disconnect ${row.name || row.peer}`);
        button.onclick = () => disconnect(row);
        return button;
      },
    },
  ],
});

let settingPart = '';
const SETTINGS = {
  title: 'Settings',
  wide: true,
  path: '/api/v1/config',
  empty: 'No setting is called like that.',
  rows: (answer) => answer.settings,
  matches: (row) => row.name.includes(settingPart),
  control: (table) => {
    const input = element('input', { type: 'search', placeholder: 'Find a setting' });
    input.setAttribute('aria-label', 'Find a setting');
    input.oninput = () => {
      settingPart = input.value.trim().toLowerCase();
      table.show();
    };
    return input;
  },
  columns: [
    { label: 'Name', cell: (row) => code(row.name) },
    { label: 'Value', cell: (row) => (row.value === '' ? '–' : code(row.value)) },
    { label: 'From', cell: (row) => (row.origin === 'default' ? 'default' : element('strong', { textContent: row.origin })) },
  ],
};

// ---- the cluster ----

/** What a node still has to receive, of what it will own. */
function transfer({ primary_segments: primary, copied_segments: copied, awaited_segments: awaited }) {
  if (awaited === 0) return '–';
  const max = primary + copied + awaited;
  const bar = element('progress', { max, value: max - awaited });
  bar.setAttribute('aria-label', 'Segments received');
  return element('span', {}, bar, ` waits for ${whole(awaited)}`);
}

function state({ name, available, draining, nodes }) {
  const how = available ? 'answers for keys' : 'this node answers for no keys: it is without a majority';
  return `${name}: ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}, ${draining ? 'this one hands over what it owns' : how}`;
}

const CLUSTER_NODES = {
  title: 'Cluster',
  wide: true,
  path: '/api/v1/cluster',
  empty: 'This node has not joined its cluster yet.',
  rows(answer) {
    this.told.textContent = state(answer);
    this.told.dataset.state = answer.available ? 'live' : 'lost';
    return answer.nodes;
  },
  control() {
    this.told = element('span', { id: 'cluster-state', role: 'status' });
    return this.told;
  },
  columns: [
    { label: 'Node', cell: (row) => element(row.myself ? 'strong' : 'span', { textContent: address(row) }) },
    { label: 'Decides', number: true, cell: (row) => whole(row.primary_segments) },
    { label: 'Copies', number: true, cell: (row) => whole(row.copied_segments) },
    { label: 'Transfer', cell: transfer },
  ],
};

const address = ({ host, port, myself }) => `${host.includes(':') ? `[${host}]` : host}:${port}${myself ? ' (this one)' : ''}`;

const STALLS = {
  title: 'Stalls of this node',
  wide: true,
  path: '/api/v1/cluster',
  empty: 'This node has not slept.',
  rows: (answer) => answer.stalls.toReversed(),
  columns: [
    { label: 'Time', cell: (row) => dateAndClock(row.ended_ms) },
    { label: 'Slept', number: true, cell: (row) => `${whole(row.duration_ms)} ms` },
  ],
};

/** Not there until it is known that the server is a node. */
export function clusterTables() {
  const made = [CLUSTER_NODES, STALLS].map((spec) => new Table(spec));
  made.forEach((table) => {
    table.panel.hidden = true;
  });
  return made;
}

export const tables = (disconnect) => [HOT_KEYS, BIG_KEYS, SLOW_LOG, clients(disconnect), SETTINGS].map((spec) => new Table(spec));
