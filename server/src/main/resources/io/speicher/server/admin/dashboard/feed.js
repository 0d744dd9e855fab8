// What the server did in the last minutes, and what it does: one list of samples, oldest first, that grows by one
// each second. The list begins with the server's own history, so that a page that was just opened shows minutes.

const SILENCE_MILLIS = 6000;
const RETRY_MILLIS = 2000;

/** Fetches JSON from the server; a refusal becomes an Error whose message is what the server says. */
export async function fetchJson(path) {
  const response = await fetch(path, { headers: { 'X-Requested-With': 'XMLHttpRequest' }, cache: 'no-store' });
  if (!response.ok) {
    const error = new Error((await response.text()).trim() || `HTTP ${response.status}`);
    error.status = response.status;
    throw error;
  }
  return response.json();
}

/**
 * Follows the server, for ever.
 *
 * @param listener connected() each time it is there (again), samples(all, latencyBounds) when there is something
 *   to show, lost(why) when it is gone; why is null where nobody answers
 */
export function follow(listener) {
  const state = { samples: [], bounds: [], max: 300, lastHeard: Date.now(), source: null, isLost: false };

  function lost(why) {
    state.isLost = true;
    listener.lost(why);
  }

  async function connect() {
    state.source?.close();
    const source = new EventSource('/api/v1/stream');
    state.source = source;
    source.onopen = () => connected(source);
    source.addEventListener('sample', (event) => add(JSON.parse(event.data)));
    source.onerror = () => failed(source);
  }

  async function connected(source) {
    state.lastHeard = Date.now();
    try {
      const history = await fetchJson('/api/v1/history');
      if (state.source !== source) return;
      state.samples = history.samples;
      state.bounds = history.latency_bounds_ns;
      state.max = history.max_samples;
      state.isLost = false;
      await listener.connected();
      listener.samples(state.samples, state.bounds);
    } catch (error) {
      if (state.source !== source) return;
      source.close(); // It may go on sending, and nobody would ask for the history again.
      lost(error.status ? error.message : null);
      setTimeout(() => state.source === source && connect(), RETRY_MILLIS);
    }
  }

  function add(sample) {
    state.lastHeard = Date.now();
    const last = state.samples.at(-1);
    if (state.isLost || (last && last.at_ms >= sample.at_ms)) return;
    state.samples.push(sample);
    if (state.samples.length > state.max) state.samples.shift();
    if (state.bounds.length > 0) listener.samples(state.samples, state.bounds);
  }

  /** A browser tries again by itself where nobody answered, and never where the answer was a refusal. */
  async function failed(source) {
    if (source !== state.source) return;
    lost(null);
    if (source.readyState !== EventSource.CLOSED) return;
    try {
      await fetchJson('/api/v1/session');
    } catch (error) {
      lost(error.status ? error.message : null);
    }
    setTimeout(connect, RETRY_MILLIS);
  }

  // A machine that was switched off says nothing, not even that it is gone.
  setInterval(() => {
    if (Date.now() - state.lastHeard > SILENCE_MILLIS) {
      lost(null);
      state.lastHeard = Date.now();
      connect();
    }
  }, 1000);
  connect();
}
