// What can be done to the server: each asks first, shows the token that only our own pages can read, and says in
// words what came of it.

import { fetchJson } from './feed.js';

const dialog = document.getElementById('question');
const message = document.getElementById('message');
let session = null;
let hiding = 0;

/** Who looks at the dashboard, and what they may do; it is another token after each start of the server. */
export async function openSession() {
  session = await fetchJson('/api/v1/session');
  return session;
}

export function say(text, isError = false) {
  clearTimeout(hiding);
  message.textContent = text;
  message.className = isError ? 'error' : 'done';
  message.hidden = false;
  hiding = setTimeout(() => (message.hidden = true), isError ? 15000 : 6000);
}

function confirmed(title, text, verb) {
  dialog.querySelector('h2').textContent = title;
  dialog.querySelector('p').textContent = text;
  dialog.querySelector('#confirm').textContent = verb;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === 'yes');
  });
}

dialog.querySelector('#confirm').onclick = () => dialog.close('yes');
dialog.querySelector('#cancel').onclick = () => dialog.close('no');

async function act(path) {
  try {
    const headers = { 'X-Speicher-Token': session?.token ?? '', 'X-Requested-With': 'XMLHttpRequest' };
    const response = await fetch(path, { method: 'POST', headers });
    const text = (await response.text()).trim();
    say(response.ok ? `Done: ${text}.` : `Refused: ${text}.`, !response.ok);
    if (response.status === 403) await openSession();
  } catch {
    say('The server cannot be reached. Nothing is known to have been done.', true);
  }
}

export async function resetCounters() {
  const text = 'Counters of commands, hits, errors and latencies begin at zero again, for everybody who reads them.';
  if (await confirmed('Reset statistics?', text, 'Reset')) await act('/api/v1/reset-counters');
}

export async function clearAll() {
  const text = 'All items are deleted, at once and for good. Clients will miss until they have stored them again.';
  if (await confirmed('Delete all items?', text, 'Delete all items')) await act('/api/v1/clear');
}

export async function disconnect(client) {
  const text = `The connection of ${client.name || 'the client'} at ${client.peer} is closed. Most clients connect again.`;
  if (await confirmed('Disconnect this client?', text, 'Disconnect')) {
    await act(`/api/v1/close-connection?id=${client.id}`);
  }
}
