/**
 * The history of a document: its writing sessions and revisions, what each of them changed, the text at any moment, and the way
 * back to it. What is shown is in the address (`view-address.ts`), so that it can be linked to and the browser's back button
 * works. Knows the parts of the page; `moment-view.ts` and `timeline-view.ts` draw them.
 */
import '../styles/base.css';
import '../styles/prose.css';
import '../styles/diff.css';
import '../styles/history.css';
import { actions, untitled } from '../../../messages/en/common.ts';
import { texts } from '../../../messages/en/history.ts';
import { rows } from '../../../messages/en/list.ts';
import { api, type Problem } from '../common/api.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { noticePage } from '../common/notice.ts';
import { problemText } from '../common/problem-text.ts';
import { registerOfflineWorker } from '../common/register-worker.ts';
import { signInHref } from '../common/session.ts';
import { createHistoryLoader, type History } from './loader.ts';
import { createMomentView } from './moment-view.ts';
import { entryOf } from './timeline.ts';
import { createTimelineView } from './timeline-view.ts';
import { searchOf, type View, viewOf } from './view-address.ts';

const PATH = /^\/edit\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/history$/;
/** Milliseconds without a step of the slider after which the address follows it. */
const SETTLE_MS = 300;
/** So often a page that is looked at asks whether there are newer edits, milliseconds. */
const NEWER_EVERY_MS = 30_000;
const root = appRoot();
const documentId = PATH.exec(location.pathname)?.[1] ?? '';
const draft = `/edit/${documentId}`;

const loader = createHistoryLoader(api, documentId);
let loaded: History | undefined;
let view = viewOf(location.search);
let settling: ReturnType<typeof setTimeout> | undefined;

const toSignIn = () => location.replace(signInHref(location));
const message = h('p', { class: 'error', role: 'alert' });
const newer = h('p', { class: 'newer', role: 'status' });
const timeline = createTimelineView({
  onChoose: (chosen) => go({ ...chosen, show: view.show === 'text' || view.show === 'now' ? view.show : 'changes' }),
  async onOlder() {
    const answer = await loader.older();
    fill(message, !answer.ok && problemText(answer.problem));
    if (answer.ok) show(answer.value);
    else if (answer.problem.status === 401) toSignIn();
  },
});
const moment = createMomentView({
  api,
  documentId,
  onChange(change) {
    const next = { ...view, ...change };
    if (change.at === undefined) go(next);
    else step(next);
  },
  onRestored: () => location.assign(draft),
  onSignedOut: toSignIn,
});

function go(next: View): void {
  settle();
  history.pushState(null, '', searchOf(next));
  view = next;
  draw();
}

/** One of many: none is to be gone back to, and browsers take only so many changes of an address. */
function step(next: View): void {
  view = next;
  draw();
  clearTimeout(settling);
  settling = setTimeout(settle, SETTLE_MS);
}

function settle(): void {
  if (settling === undefined) return;
  clearTimeout(settling);
  settling = undefined;
  history.replaceState(null, '', searchOf(view));
}

/** Shows what the address names; what is not there any more is shown as the newest. */
function draw(): void {
  if (loaded === undefined) return;
  const named = entryOf(loaded.entries, view);
  if (named === undefined) view = { show: view.show };
  const entry = named ?? loaded.entries[0];
  timeline.select(entry);
  if (entry !== undefined) moment.show(loaded, entry, view);
}

function show(next: History): void {
  loaded = next;
  timeline.draw(next.entries, next.from > 1);
  draw();
}

function frame({ document }: History): void {
  const title = document.title === '' ? untitled : document.title;
  window.document.title = texts.documentTitle(title);
  const back = h('a', { class: 'tool back', href: draft, 'aria-label': texts.back, title: texts.back }, icon('back'));
  fill(
    root,
    h(
      'header',
      { class: 'history-header' },
      back,
      h('h1', { dir: 'auto' }, title),
      h('span', { class: 'hint' }, texts.heading),
      document.live && document.published !== null && h('span', { class: 'badge live' }, rows.badges.live),
    ),
    message,
    newer,
    h('div', { class: 'history-columns' }, timeline.element, moment.element),
  );
}

function showFailure(problem: Problem): void {
  if (problem.status === 401) {
    toSignIn();
    return;
  }
  const home = h('a', { class: 'button primary', href: '/' }, actions.yourDocuments);
  const retry = h(
    'button',
    { class: 'button primary', type: 'button', onclick: () => location.reload() },
    actions.tryAgain,
  );
  const back = h('a', { class: 'button', href: draft }, texts.back);
  const isClosed = problem.status === 404 || problem.status === 400;
  const text = problem.code === 'unreachable' ? texts.offline : problemText(problem);
  fill(
    root,
    isClosed
      ? noticePage(texts.noAccess.title, texts.noAccess.text, home)
      : noticePage(texts.loadFailed, text, retry, back),
  );
}

/** What is shown is as of when it was loaded: says so once there is more. */
async function lookForNewer(): Promise<void> {
  if (loaded === undefined || document.visibilityState !== 'visible' || newer.childElementCount > 0) return;
  const answer = await api.document(documentId);
  if (!answer.ok || answer.value.seq <= loaded.document.seq) return;
  const reload = h('button', { type: 'button', class: 'button', onclick: () => location.reload() }, texts.showNewer);
  fill(newer, texts.newer, ' ', reload);
}

async function start(): Promise<void> {
  const answer = await loader.start(view);
  if (!answer.ok) {
    showFailure(answer.problem);
    return;
  }
  if (answer.value.entries.length === 0) {
    const write = h('a', { class: 'button primary', href: draft }, texts.back);
    fill(root, noticePage(texts.none.title, texts.none.text, write));
    return;
  }
  frame(answer.value);
  show(answer.value);
}

window.addEventListener('popstate', () => {
  clearTimeout(settling);
  settling = undefined;
  view = viewOf(location.search);
  draw();
});
document.addEventListener('visibilitychange', () => void lookForNewer());
setInterval(() => void lookForNewer(), NEWER_EVERY_MS);
await start();
registerOfflineWorker();
