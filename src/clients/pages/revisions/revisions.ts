/**
 * What was published of a document: the list of its revisions, how any two differ, and the way back to one. Which two is
 * in the address (`?to=3&from=1`), so that a comparison can be linked to and the browser's back button works.
 */
import '../styles/base.css';
import '../styles/prose.css';
import '../styles/revisions.css';
import type { DocumentWithGrants, RevisionSummary } from '../../../../schemas/http.ts';
import { api, type Problem } from '../common/api.ts';
import { confirm } from '../common/confirm.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { notice } from '../common/notice.ts';
import { signInHref } from '../common/session.ts';
import { clock } from '../common/time.ts';
import { diffView } from './diff-view.ts';

const PATH = /^\/edit\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/revisions$/;
const root = appRoot();
const documentId = PATH.exec(location.pathname)?.[1] ?? '';

const list = h('ol', { class: 'revisions', 'aria-label': 'Revisions' });
const more = h('button', { type: 'button', class: 'button quiet', onclick: () => void loadMore() }, 'Older revisions');
const message = h('p', { class: 'error', role: 'alert' });
const compare = h('div', { class: 'compare' });
const result = h('div', { class: 'result', 'aria-live': 'polite' });
let revisions: RevisionSummary[] = [];
let next: number | undefined;
let mayEdit = false;
let asked = 0;

function showProblem(problem: Problem): void {
  if (problem.status === 401) location.replace(signInHref(location));
  else fill(message, problem.message);
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
        h('span', { class: 'title' }, title === '' ? 'Untitled' : title),
        h(
          'span',
          { class: 'details' },
          h('time', { datetime: publishedAt }, clock(Date.parse(publishedAt), Date.now())),
          ` by ${publishedBy}`,
          current && h('span', { class: 'badge' }, 'readers see this'),
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
    ...others.map(({ number }) => h('option', { value: number, selected: number === from }, `revision ${number}`)),
  );
  return h('span', { class: 'compare-with' }, h('label', { for: 'compare-with' }, 'compared with'), select);
}

async function revert(number: number): Promise<void> {
  const isConfirmed = await confirm({
    title: `Go back to revision ${number}?`,
    text: `The draft becomes what revision ${number} was. This adds a new edit; nothing is lost, and nothing is published.`,
    action: 'Go back to it',
  });
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
  const back = h('button', { type: 'button', class: 'button', onclick: () => void revert(to) }, 'Go back to this');
  fill(
    compare,
    h('h2', {}, `Revision ${to}`),
    from === to ? h('span', { class: 'hint' }, 'in full') : fromChoice(from, to),
    mayEdit && back,
  );
  asked += 1;
  const mine = asked;
  const answer = await api.revisionDiff(documentId, from, to);
  if (mine !== asked) return;
  fill(message);
  if (answer.ok) fill(result, diffView(answer.value));
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
  h('a', { class: 'tool back', href: `/edit/${documentId}`, 'aria-label': 'Back to the draft' }, icon('back'));

function frame(document: DocumentWithGrants): void {
  mayEdit = document.role !== 'view';
  const title = document.title === '' ? 'Untitled' : document.title;
  window.document.title = `Revisions of ${title} – Stet`;
  fill(
    root,
    h(
      'header',
      { class: 'revisions-header' },
      backLink(),
      h('h1', {}, title),
      h('span', { class: 'hint' }, 'Revisions'),
    ),
    message,
    h(
      'div',
      { class: 'revisions-columns' },
      h('nav', { class: 'past', 'aria-label': 'Revisions' }, list, more),
      h('main', { class: 'comparison' }, compare, result),
    ),
  );
}

async function start(): Promise<void> {
  const answer = await api.document(documentId);
  if (!answer.ok) {
    if (answer.problem.status === 401) return showProblem(answer.problem);
    const home = h('a', { class: 'button primary', href: '/' }, 'Your documents');
    const retry = h('button', { class: 'button', type: 'button', onclick: () => location.reload() }, 'Try again');
    const isClosed = answer.problem.status === 404 || answer.problem.status === 400;
    fill(
      root,
      isClosed
        ? notice('This document is not open to you', 'It may be gone, or its owner has not shared it with you.', home)
        : notice('The revisions are out of reach', answer.problem.message, retry),
    );
    return;
  }
  frame(answer.value);
  await loadMore();
  if (revisions.length > 0) return;
  const text = 'Each time the document is published, a revision is kept here.';
  const write = h('a', { class: 'button primary', href: `/edit/${documentId}` }, 'To the draft');
  fill(root, notice('Nothing has been published yet', text, write));
}

window.addEventListener('popstate', () => void showChosen());
await start();
