/** The list of documents: what the author can open, the newest work first, and a way to begin another. */
import '../styles/base.css';
import '../styles/list.css';
import type { Document, DocumentListQuery, ListedDocument } from '../../../../schemas/http.ts';
import { UNTITLED } from '../../../content/model/untitled.ts';
import { actions as buttons } from '../../../messages/en/common.ts';
import { empty, texts } from '../../../messages/en/list.ts';
import { api, type Problem } from '../common/api.ts';
import { rememberDocuments, rememberedDocuments, rememberedUser } from '../common/device-memory.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { partNotice } from '../common/notice.ts';
import { problemText } from '../common/problem-text.ts';
import { registerOfflineWorker } from '../common/register-worker.ts';
import { filtered } from '../common/saved-list.ts';
import { currentVisitor, signInHref } from '../common/session.ts';
import { clock } from '../common/time.ts';
import { createFilterBar } from './filter-bar.ts';
import { listHeader } from './header.ts';
import { listQueryOf, nextQueryOf } from './list-filters.ts';
import { documentRows, type RowActions, skeletonRows } from './rows.ts';
import { createToast } from './toast.ts';

/** Milliseconds after which the list is read once more: the server takes a moment to list a title that was just typed. */
const ONCE_MORE_MS = 2_000;

let visiting = currentVisitor(api);
const root = appRoot();
const header = listHeader(api);
const toast = createToast();
const filterBar = createFilterBar(() => void load());
const body = h('div', { class: 'documents' }, skeletonRows());
const more = h('button', { class: 'button more', type: 'button', onclick: () => void loadMore() }, texts.more);
const message = h('p', { class: 'error', role: 'alert' });
/** From when the list is, if that is not now. */
const age = h('p', { class: 'hint', role: 'status' });
const create = h(
  'button',
  { class: 'button primary', type: 'button', onclick: () => void createDocument() },
  icon('plus'),
  texts.create,
);
let documents: readonly ListedDocument[] | null = null;
/** What the documents answer to, from when (milliseconds since the Unix epoch), and whether others follow that cannot be read now. */
let shown = { filters: '', at: 0, isPart: false };
/** What asks for the next page of the list that is shown, whatever was typed meanwhile. */
let next: DocumentListQuery | undefined;
let asked = 0;
let onceMore: ReturnType<typeof setTimeout> | undefined;

const actions: RowActions = {
  remove: (document) => void remove(document),
  restore: (document) => void restore(document),
};

function emptyText(): string {
  const { q, state } = filterBar.filters();
  return q === undefined ? empty[state ?? 'all'] : empty.search;
}

function show(): void {
  if (documents === null) return;
  more.hidden = next === undefined;
  if (documents.length > 0) fill(body, documentRows(documents, Date.now(), actions));
  else fill(body, h('p', { class: 'empty' }, emptyText()));
}

const retryButton = () =>
  h('button', { class: 'button', type: 'button', onclick: () => void load() }, buttons.tryAgain);

function showProblem(problem: Problem): void {
  if (problem.status === 401) {
    location.replace(signInHref(location));
    return;
  }
  const text = problem.code === 'unreachable' ? texts.unreachable : problemText(problem);
  fill(message, h('span', {}, text), retryButton());
}

/**
 * The list could not be read: what there is of it is shown as what it is. A list that is on the page stays there, one that this
 * device keeps takes its place: both are good enough to open something from.
 */
function showSaved(problem: Problem): void {
  if (problem.status === 401) {
    showProblem(problem);
    return;
  }
  const user = rememberedUser();
  const copy = user && rememberedDocuments(user.id);
  if (documents === null || shown.filters !== location.search) {
    const saved = copy && filtered(copy, filterBar.filters());
    documents = saved?.documents ?? null;
    next = undefined;
    shown = { filters: location.search, at: saved?.at ?? 0, isPart: saved?.hasMore ?? false };
    show();
  }
  if (documents === null) {
    const why = copy === null ? texts.neverLoaded : texts.notSaved;
    more.hidden = true;
    fill(message);
    fill(age);
    fill(body, partNotice(texts.loadFailed, `${why} ${problemText(problem)}`, retryButton()));
    return;
  }
  const when = clock(shown.at, Date.now());
  fill(age, shown.isPart ? texts.savedPart(when) : texts.savedCopy(when));
  showProblem(problem);
}

/** Keeps the list for visits without a server, under the user whose it is. */
async function remember(list: readonly Document[], at: number): Promise<void> {
  const hasMore = next !== undefined;
  if ((await visiting).kind === 'unreachable') visiting = currentVisitor(api);
  const visitor = await visiting;
  if (visitor.kind === 'signed-in') rememberDocuments(visitor.user.id, { at, documents: list, hasMore });
}

async function load(): Promise<void> {
  asked += 1;
  const mine = asked;
  const filters = filterBar.filters();
  const query = listQueryOf(filters);
  const answer = await api.documents(query);
  // A later request has replaced this one.
  if (mine !== asked) return;
  if (!answer.ok) return showSaved(answer.problem);
  fill(message);
  fill(age);
  const isChanged =
    shown.filters !== location.search || JSON.stringify(documents) !== JSON.stringify(answer.value.documents);
  documents = answer.value.documents;
  next = nextQueryOf(query, answer.value.next);
  shown = { filters: location.search, at: Date.now(), isPart: false };
  more.hidden = next === undefined;
  // Drawn only when something changed: a row that has the focus keeps it.
  if (isChanged) show();
  if (filters.q === undefined && filters.state === undefined) await remember(documents, shown.at);
}

/** Reads the list now and in a moment; for when the author comes to it. */
function arrive(): void {
  void load();
  clearTimeout(onceMore);
  onceMore = setTimeout(() => void load(), ONCE_MORE_MS);
}

async function loadMore(): Promise<void> {
  const [mine, query] = [asked, next];
  if (query === undefined) return;
  clearTimeout(onceMore);
  more.disabled = true;
  const answer = await api.documents(query);
  more.disabled = false;
  if (mine !== asked) return;
  if (!answer.ok) return showSaved(answer.problem);
  documents = [...(documents ?? []), ...answer.value.documents];
  next = nextQueryOf(query, answer.value.next);
  show();
}

function without(id: string): void {
  documents = documents?.filter((document) => document.id !== id) ?? null;
  show();
}

async function remove(document: Document): Promise<void> {
  toast.hide();
  const answer = await api.deleteDocument(document.id);
  if (!answer.ok) return showProblem(answer.problem);
  without(document.id);
  toast.show(texts.deleted(document.title), () => void restore(document));
}

async function restore(document: Document): Promise<void> {
  toast.hide();
  const answer = await api.restoreDocument(document.id);
  if (!answer.ok) return showProblem(answer.problem);
  await load();
  toast.show(texts.restored(document.title));
}

async function createDocument(): Promise<void> {
  create.disabled = true;
  const answer = await api.createDocument(UNTITLED);
  if (answer.ok) {
    location.assign(`/edit/${answer.value.id}`);
    return;
  }
  create.disabled = false;
  if (answer.problem.status === 401) showProblem(answer.problem);
  else {
    const out = answer.problem.code === 'unreachable';
    fill(message, out ? texts.createOffline : problemText(answer.problem));
  }
}

fill(
  root,
  header.element,
  h(
    'main',
    { class: 'column' },
    h('div', { class: 'heading' }, h('h1', {}, texts.heading), create),
    filterBar.element,
    message,
    age,
    body,
    more,
  ),
  toast.element,
);
more.hidden = true;

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') arrive();
});
window.addEventListener('online', () => void load());
window.addEventListener('pageshow', (event) => {
  // The browser's back button shows the page as it was left, button disabled and titles old.
  if (!event.persisted) return;
  create.disabled = false;
  arrive();
});

registerOfflineWorker();
arrive();
const visitor = await visiting;
if (visitor.kind !== 'signed-out' && visitor.user !== null) header.setUser(visitor.user);
