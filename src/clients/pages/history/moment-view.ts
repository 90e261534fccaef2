/**
 * One moment of a document: what was written in its session, its whole text, or how it differs from another, and the way back to
 * it. While somebody moves through a session, one comparison is read at a time, and then the one that is wanted by then.
 */
import type { HistoryDiff, RevisionSummary } from '../../../../schemas/http.ts';
import { coalesce } from '../../../lib/coalesce.ts';
import { actions } from '../../../messages/en/common.ts';
import { restore, moment as texts, timeline } from '../../../messages/en/history.ts';
import type { Api, Problem } from '../common/api.ts';
import { confirm } from '../common/confirm.ts';
import { fill, h } from '../common/dom.ts';
import { problemText } from '../common/problem-text.ts';
import { clock } from '../common/time.ts';
import { changedWords } from './changed-words.ts';
import { diffView } from './diff-view.ts';
import { createEditSlider } from './edit-slider.ts';
import type { History } from './loader.ts';
import { pastText } from './past-text.ts';
import { period } from './session-text.ts';
import { comparisonOf, type Entry, positionOf } from './timeline.ts';
import type { Show, View } from './view-address.ts';

export interface MomentOptions {
  readonly api: Pick<Api, 'historyDiff' | 'revert'>;
  readonly documentId: string;
  /** Somebody chose another moment of the same entry, or another way to see it. */
  readonly onChange: (change: Partial<Pick<View, 'at' | 'show'>>) => void;
  /** The draft is what it was. */
  readonly onRestored: () => void;
  readonly onSignedOut: () => void;
}

export interface MomentView {
  readonly element: HTMLElement;
  show(history: History, entry: Entry, view: View): void;
}

interface Shown {
  readonly history: History;
  readonly entry: Entry;
  readonly view: View;
}

/** What may be chosen, with its name. */
function choices({ document, revisions }: History, entry: Entry): [Show, string][] {
  const current = document.published?.revision;
  const mine = entry.kind === 'revision' ? entry.revision.number : undefined;
  const before = mine === undefined || mine === 1 ? undefined : mine - 1;
  const changes = before === undefined ? texts.views.sinceStart : texts.views.sinceRevision(before);
  const name = ({ number }: RevisionSummary) =>
    number === current ? texts.views.published(number) : texts.views.revision(number);
  const others = revisions.filter(({ number }) => number !== mine && number !== before);
  // What readers see comes first.
  const ordered = others.toSorted((one, other) => Number(other.number === current) - Number(one.number === current));
  return [
    ['changes', entry.kind === 'session' ? texts.views.session : changes],
    ['text', texts.views.text],
    ['now', texts.views.now],
    ...ordered.map((revision): [Show, string] => [revision.number, name(revision)]),
  ];
}

/** From what to what a comparison goes; empty where the choice says it. */
function explanation({ entry, history, view }: Shown): string {
  if (view.show === 'now') return texts.toNow;
  const revision = history.revisions.find(({ number }) => number === view.show);
  if (revision === undefined) return '';
  const { number, seq } = revision;
  return seq > positionOf(entry, view) ? texts.toRevision(number) : texts.fromRevision(number);
}

export function createMomentView(options: MomentOptions): MomentView {
  const { api, documentId, onChange, onRestored, onSignedOut } = options;
  let shown: Shown | undefined;
  let offered: readonly (readonly [Show, string])[] = [];

  const heading = h('h2', {});
  const line = h('p', { class: 'hint moment-line' });
  const slider = createEditSlider((at) => onChange({ at }));
  const select = h('select', { id: 'show', onchange: () => onChange({ show: showOf(select.value) }) });
  const back = h('button', { type: 'button', class: 'button', onclick: () => void restoreIt() }, restore.action);
  const error = h('p', { class: 'error', role: 'alert' });
  const explained = h('p', { class: 'hint', role: 'status' });
  const result = h('div', { class: 'result' });

  function showOf(value: string): Show {
    return value === 'changes' || value === 'text' || value === 'now' ? value : Number(value);
  }

  async function restoreIt(): Promise<void> {
    if (shown === undefined) return;
    const { entry, view, history } = shown;
    const { live, published } = history.document;
    const text = live && published !== null ? restore.live : restore.unpublished;
    if (!(await confirm({ ...restore.confirm, text }))) return;
    fill(error);
    back.disabled = true;
    const to = entry.kind === 'revision' ? { revision: entry.revision.number } : { seq: positionOf(entry, view) };
    const answer = await api.revert(documentId, to);
    back.disabled = false;
    if (answer.ok) onRestored();
    else showProblem(answer.problem);
  }

  function showProblem(problem: Problem): void {
    if (problem.status === 401) onSignedOut();
    else fill(error, problemText(problem));
  }

  /** Where in its session the moment is, when it was and who wrote there. */
  function drawLine({ entry, view }: Shown, diff?: HistoryDiff): void {
    const now = Date.now();
    if (entry.kind === 'revision') {
      const { publishedAt, publishedBy } = entry.revision;
      line.textContent = timeline.published(clock(Date.parse(publishedAt), now), publishedBy);
      return;
    }
    const at = positionOf(entry, view);
    const edit = [diff?.from, diff?.to].find((one) => one?.seq === at);
    const parts = [texts.edit(at - entry.session.firstSeq + 1, entry.session.edits)];
    if (edit?.editedAt !== undefined)
      parts.push(texts.by(clock(Date.parse(edit.editedAt), now), edit.editedBy ?? timeline.unknown));
    line.textContent = parts.join(' · ');
    slider.describe(line.textContent);
  }

  function drawResult(value: Shown, diff: HistoryDiff): void {
    drawLine(value, diff);
    if (value.view.show === 'text') {
      fill(explained);
      fill(result, pastText(diff));
      return;
    }
    const view = diffView(diff, true);
    const { added, removed } = changedWords(view);
    const parts = [explanation(value), added > 0 && texts.added(added), removed > 0 && texts.removed(removed)];
    fill(explained, parts.filter(Boolean).join(' · '));
    fill(result, view);
  }

  const load = coalesce(async () => {
    const wanted = shown;
    if (wanted === undefined) return;
    result.setAttribute('aria-busy', 'true');
    const { from, to } = comparisonOf(wanted.entry, wanted.view, wanted.history.revisions);
    const answer = await api.historyDiff(documentId, from, to);
    if (wanted !== shown) return;
    result.removeAttribute('aria-busy');
    if (answer.ok) {
      drawResult(wanted, answer.value);
      return;
    }
    fill(explained);
    const retry = h('button', { type: 'button', class: 'button', onclick: () => void retryLoad() }, actions.tryAgain);
    fill(result, h('p', { class: 'hint' }, texts.loadFailed), retry);
    showProblem(answer.problem);
  });

  async function retryLoad(): Promise<void> {
    fill(error);
    await load();
  }

  function drawControls(history: History, entry: Entry): void {
    const isSession = entry.kind === 'session';
    heading.textContent = isSession ? period(entry.session, Date.now()) : timeline.revision(entry.revision.number);
    slider.element.hidden = !isSession;
    if (isSession) slider.setRange(entry.session.firstSeq, entry.session.lastSeq);
    offered = choices(history, entry);
    fill(select, ...offered.map(([value, name]) => h('option', { value: String(value) }, name)));
    result.lang = history.document.language;
  }

  return {
    element: h(
      'main',
      { class: 'comparison' },
      h('div', { class: 'compare' }, heading, back),
      line,
      slider.element,
      h('div', { class: 'compare-with' }, h('label', { for: select.id }, texts.show), select),
      error,
      explained,
      result,
    ),
    show(history, entry, asked) {
      if (shown?.entry !== entry || shown.history !== history) drawControls(history, entry);
      const isOffered = offered.some(([value]) => value === asked.show);
      const view: View = isOffered ? asked : { ...asked, show: 'changes' };
      const at = positionOf(entry, view);
      const { role, seq } = history.document;
      shown = { history, entry, view };
      select.value = String(view.show);
      slider.show(at);
      // The newest moment is what the draft is already.
      back.hidden = role === 'view' || at >= seq;
      fill(error);
      drawLine(shown);
      void load();
    },
  };
}
