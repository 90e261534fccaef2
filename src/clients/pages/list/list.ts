/** The list of documents: what the author can open, the newest work first, and a way to begin another. */
import '../styles/base.css';
import '../styles/list.css';
import type { Document } from '../../../../schemas/http.ts';
import { api, type Problem } from '../common/api.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { rememberDocuments, rememberedDocuments, rememberedUser } from '../common/memory.ts';
import { notice } from '../common/notice.ts';
import { keepAppOnDevice } from '../common/offline.ts';
import { signInHref, whoIsHere } from '../common/session.ts';
import { listHeader } from './header.ts';
import { documentRows, skeletonRows } from './rows.ts';

/** From this many documents on there is a field to find one by its title. */
const FIND_FROM = 9;

const visiting = whoIsHere(api);
const root = appRoot();
const header = listHeader(api);
const body = h('div', { class: 'documents' }, skeletonRows());
const message = h('p', { class: 'error', role: 'alert' });
const find = h('input', {
  type: 'search',
  class: 'find',
  placeholder: 'Find by title',
  'aria-label': 'Find by title',
  oninput: () => show(),
});
const create = h(
  'button',
  { class: 'button primary', type: 'button', onclick: () => createDocument() },
  icon('plus'),
  'New document',
);
let documents: readonly Document[] | null = null;

function show(): void {
  if (documents === null) return;
  const wanted = find.value.trim().toLocaleLowerCase();
  find.hidden = documents.length < FIND_FROM && wanted === '';
  if (documents.length === 0) {
    fill(body, h('p', { class: 'empty' }, 'Nothing written yet. Begin with a new document.'));
    return;
  }
  const shown = documents.filter(({ title }) => title.toLocaleLowerCase().includes(wanted));
  if (shown.length > 0) fill(body, documentRows(shown, Date.now()));
  else fill(body, h('p', { class: 'empty' }, 'No title has these words.'));
}

function showProblem(problem: Problem): void {
  if (problem.status === 401) {
    location.replace(signInHref(location));
    return;
  }
  const user = rememberedUser();
  if (documents === null && user !== null) {
    documents = rememberedDocuments(user.id);
    show();
  }
  const text =
    problem.code === 'unreachable'
      ? 'Stet cannot be reached at the moment. What you wrote here is kept on this device.'
      : problem.message;
  // A list that is on the page stays there: it is still good enough to open something from.
  const retry = h('button', { class: 'button', type: 'button', onclick: () => load() }, 'Try again');
  if (documents !== null) fill(message, h('span', {}, text), retry);
  else {
    fill(body, notice('The list is out of reach', text, retry));
  }
}

async function load(): Promise<void> {
  const answer = await api.documents();
  if (!answer.ok) return showProblem(answer.problem);
  fill(message);
  documents = answer.value.documents.toSorted((a, b) => b.editedAt.localeCompare(a.editedAt));
  show();
  const visitor = await visiting;
  if (visitor.kind === 'signed-in') rememberDocuments(visitor.user.id, documents);
}

async function createDocument(): Promise<void> {
  create.disabled = true;
  const answer = await api.createDocument('Untitled');
  if (answer.ok) {
    location.assign(`/edit/${answer.value.id}`);
    return;
  }
  create.disabled = false;
  if (answer.problem.status === 401) showProblem(answer.problem);
  else {
    const out = answer.problem.code === 'unreachable';
    fill(message, out ? 'A new document needs a connection. Try again shortly.' : answer.problem.message);
  }
}

fill(
  root,
  header.element,
  h('div', { class: 'column' }, h('div', { class: 'heading' }, h('h1', {}, 'Documents'), create), find, message, body),
);
find.hidden = true;

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void load();
});
window.addEventListener('online', () => void load());
window.addEventListener('pageshow', (event) => {
  // The browser's back button shows the page as it was left, button disabled and titles old.
  if (!event.persisted) return;
  create.disabled = false;
  void load();
});

keepAppOnDevice();
void load();
const visitor = await visiting;
if (visitor.kind !== 'signed-out' && visitor.user !== null) header.setUser(visitor.user);
