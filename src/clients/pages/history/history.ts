/**
 * What was published of a document: the list of its revisions, how any two differ, and the way back to one. Which two is
 * in the address (`?to=3&from=1`), so that a comparison can be linked to and the browser's back button works.
 */
import '../styles/base.css';
import '../styles/prose.css';
import '../styles/diff.css';
import '../styles/history.css';
import type { DocumentWithGrants, RevisionSummary } from '../../../../schemas/http.ts';
import { actions, untitled } from '../../../messages/en/common.ts';
import { texts } from '../../../messages/en/history.ts';
import { api, type Problem } from '../common/api.ts';
import { confirm } from '../common/confirm.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { noticePage } from '../common/notice.ts';
import { problemText } from '../common/problem-text.ts';
import { signInHref } from '../common/session.ts';
import { clock } from '../common/time.ts';
import { diffView } from './diff-view.ts';

const PATH = /^\/edit\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/history$/;
const root = appRoot();
const documentId = PATH.exec(location.pathname)?.[1] ?? '';

const list = h('ol', { class: 'revisions', 'aria-label': texts.heading });
const more = h('button', { type: 'button', class: 'button quiet', onclick: () => void loadMore() }, texts.older);
const message = h('p', { class: 'error', role: 'alert' });
const compare = h('div', { class: 'compare' });
const result = h('div', { class: 'result', 'aria-live': 'polite' });
let revisions: RevisionSummary[] = [];
let next: number | undefined;
let mayEdit = false;
let asked = 0;

function showProblem(problem: Problem): void {
  if (problem.status === 401) location.replace(signInHref(location));
  else fill(message, problemText(problem));
}

/** The two that the address names; else the newest and the one before. */
function chosen(): { from: number; to: number } {
  const search = new URLSearchParams(location.search);
  const number = (name: string) => {
    const value = Number(search.get(name));
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const to = number('to') ?? revisions[0]?.number ?? 1;
  return { to, from: number('from') ?? Math.max(to - 1, 1) };
}

function choose(from: number, to: number): void {
  history.pushState(null, '', `?to=${to}&from=${from}`);
  void showChosen();
}

function row(revision: RevisionSummary, to: number): HTMLElement {
  const { number, title, publishedAt, publishedBy, current } = revision;
  return h(
    'li',
    {},
    h(
      'a',
      {
        href: `?to=${number}`,
        class: 'revision',
        'aria-current': number === to && 'true',
        onclick: (event: MouseEvent) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          choose(Math.max(number - 1, 1), number);
        },
      },
      h('span', { class: 'number' }, String(number)),
      h(
        'span',
        { class: 'about' },
        h('span', { class: 'title', dir: 'auto' }, title === '' ? untitled : title),
        h(
          'span',
          { class: 'details' },
          h('time', { datetime: publishedAt }, clock(Date.parse(publishedAt), Date.now())),
          texts.publishedBy(publishedBy),
          current && h('span', { class: 'badge' }, texts.current),
        ),
      ),
    ),
  );
}

function fromChoice(from: number, to: number): HTMLElement {
  const others = revisions.filter(({ number }) => number !== to);
  const select = h(
    'select',
    { id: 'compare-with', onchange: () => choose(Number(select.value), to) },
    ...others.map(({ number }) => h('option', { value: number, selected: number === from }, texts.revision(number))),
  );
  return h('span', { class: 'compare-with' }, h('label', { for: 'compare-with' }, texts.comparedWith), select);
}

async function revert(number: number): Promise<void> {
  const isConfirmed = await confirm(texts.confirmRestore(number));
  if (!isConfirmed) return;
  fill(message);
  const answer = await api.revert(documentId, number);
  if (answer.ok) location.assign(`/edit/${documentId}`);
  else showProblem(answer.problem);
}

async function showChosen(): Promise<void> {
  const { from, to } = chosen();
  fill(list, ...revisions.map((revision) => row(revision, to)));
  more.hidden = next === undefined;
  const back = h('button', { type: 'button', class: 'button', onclick: () => void revert(to) }, texts.restore);
  fill(
    compare,
    h('h2', {}, texts.revision(to)),
    from === to ? h('span', { class: 'hint' }, texts.inFull) : fromChoice(from, to),
    mayEdit && back,
  );
  asked += 1;
  const mine = asked;
  const answer = await api.revisionDiff(documentId, from, to);
  if (mine !== asked) return;
  fill(message);
  if (answer.ok) fill(result, diffView(answer.value, from !== to));
  else {
    fill(result);
    showProblem(answer.problem);
  }
}

async function loadMore(): Promise<void> {
  more.disabled = true;
  const answer = await api.revisions(documentId, next === undefined ? {} : { before: next });
  more.disabled = false;
  if (!answer.ok) return showProblem(answer.problem);
  revisions = [...revisions, ...answer.value.revisions];
  next = answer.value.next;
  if (revisions.length > 0) await showChosen();
}

const backLink = () =>
  h('a', { class: 'tool back', href: `/edit/${documentId}`, 'aria-label': texts.back }, icon('back'));

function frame(document: DocumentWithGrants): void {
  mayEdit = document.role !== 'view';
  const title = document.title === '' ? untitled : document.title;
  window.document.title = texts.documentTitle(title);
  fill(
    root,
    h(
      'header',
      { class: 'revisions-header' },
      backLink(),
      h('h1', { dir: 'auto' }, title),
      h('span', { class: 'hint' }, texts.heading),
    ),
    message,
    h(
      'div',
      { class: 'revisions-columns' },
      h('nav', { class: 'past', 'aria-label': texts.heading }, list, more),
      h('main', { class: 'comparison' }, compare, result),
    ),
  );
}

async function start(): Promise<void> {
  const answer = await api.document(documentId);
  if (!answer.ok) {
    if (answer.problem.status === 401) return showProblem(answer.problem);
    const home = h('a', { class: 'button primary', href: '/' }, actions.yourDocuments);
    const retry = h('button', { class: 'button', type: 'button', onclick: () => location.reload() }, actions.tryAgain);
    const isClosed = answer.problem.status === 404 || answer.problem.status === 400;
    fill(
      root,
      isClosed
        ? noticePage(texts.noAccess.title, texts.noAccess.text, home)
        : noticePage(texts.loadFailed, problemText(answer.problem), retry),
    );
    return;
  }
  frame(answer.value);
  await loadMore();
  if (revisions.length > 0) return;
  const write = h('a', { class: 'button primary', href: `/edit/${documentId}` }, texts.back);
  fill(root, noticePage(texts.none.title, texts.none.text, write));
}

window.addEventListener('popstate', () => void showChosen());
await start();
