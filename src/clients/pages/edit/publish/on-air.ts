/**
 * The bar above the text of a document whose draft readers see as it is written: that it is so, how many read it now, and the
 * end of it by one click, which can be undone.
 */
import type { Document } from '../../../../../schemas/http.ts';
import { actions, counts } from '../../../../messages/en/common.ts';
import { onAir as texts } from '../../../../messages/en/publish.ts';
import type { Observable } from '../../../editor/index.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import type { DraftPublication } from './publish-state.ts';

/** Milliseconds between reads of the number of readers. */
const COUNT_MS = 5_000;

export interface OnAirOptions {
  readonly api: Pick<Api, 'changeDocument' | 'stats'>;
  readonly documentId: string;
  readonly publication: Observable<DraftPublication | null>;
  /** It was ended or begun: read it again. */
  readonly onChanged: () => Promise<unknown>;
}

export interface OnAir {
  readonly element: HTMLElement;
  /** Whether the user is one of its authors. */
  setAllowed(allowed: boolean): void;
  close(): void;
}

/** Whether readers see the draft at present. */
const isOnAir = ({ live, published }: Document): boolean => live && published !== null;

export function createOnAir({ api, documentId, publication, onChanged }: OnAirOptions): OnAir {
  let isAllowed = false;
  let readers: number | null = null;
  /**
   * Whether it was ended here, and nobody has begun it again. `awaited`: it was, and what was read of the document before may still
   * come, which is no beginning.
   */
  let ended: 'no' | 'awaited' | 'yes' = 'no';
  /** Counting, while it is on air. */
  let counting: { timer: ReturnType<typeof setTimeout> | undefined } | undefined;

  const count = h('b', {});
  const state = h('span', { 'aria-live': 'polite' });
  const error = h('span', { role: 'alert' });
  const end = h('button', { type: 'button', class: 'button', onclick: () => void change(false) }, texts.end);
  const undo = h('button', { type: 'button', class: 'button', onclick: () => void change(true) }, texts.undo);
  const dismiss = h(
    'button',
    {
      type: 'button',
      class: 'button',
      onclick: () => {
        ended = 'no';
        draw();
      },
    },
    actions.close,
  );
  const element = h(
    'section',
    { class: 'on-air', 'aria-label': texts.label, hidden: true },
    h('p', {}, count, state, error),
    end,
    undo,
    dismiss,
  );

  async function change(live: boolean): Promise<void> {
    const buttons = [end, undo, dismiss];
    for (const button of buttons) button.disabled = true;
    fill(error);
    const answer = await api.changeDocument(documentId, { live });
    if (answer.ok) ended = live ? 'no' : 'awaited';
    await onChanged();
    for (const button of buttons) button.disabled = false;
    if (!answer.ok) fill(error, ` ${problemText(answer.problem)}`);
    draw();
    // The button that had the focus is gone: the next key must not go astray.
    if (answer.ok) (live ? end : undo).focus();
  }

  function stopCounting(): void {
    clearTimeout(counting?.timer);
    counting = undefined;
    readers = null;
  }

  async function readCount(): Promise<void> {
    const mine = counting;
    if (mine === undefined) return;
    clearTimeout(mine.timer);
    if (document.visibilityState === 'visible') {
      const answer = await api.stats(documentId);
      if (mine !== counting) return;
      if (answer.ok) readers = answer.value.readingNow;
    }
    clearTimeout(mine.timer);
    mine.timer = setTimeout(() => void readCount(), COUNT_MS);
    draw();
  }

  function countReaders(): void {
    if (counting !== undefined) return;
    counting = { timer: undefined };
    void readCount();
  }

  function draw(): void {
    const value = publication.get();
    const isShowing = isAllowed && value !== null && isOnAir(value.document);
    if (isShowing) {
      if (ended === 'yes') ended = 'no';
      countReaders();
    } else {
      if (ended === 'awaited') ended = 'yes';
      stopCounting();
    }
    element.hidden = !(isShowing || (isAllowed && ended === 'yes' && value?.document.published));
    if (element.hidden || value === null) return;
    element.dataset.state = isShowing ? 'live' : 'ended';
    count.hidden = !isShowing;
    count.textContent = texts.is(readers === null ? null : counts.readers(readers));
    const words = isShowing ? texts.explained : endedText(value);
    if (state.textContent !== words) state.textContent = words;
    end.hidden = !isShowing || value.document.role === 'view';
    undo.hidden = isShowing;
    dismiss.hidden = isShowing;
  }

  const stop = publication.subscribe(draw);
  const onVisible = () => {
    if (document.visibilityState === 'visible') void readCount();
  };
  document.addEventListener('visibilitychange', onVisible);
  draw();
  return {
    element,
    setAllowed(allowed) {
      isAllowed = allowed;
      draw();
    },
    close() {
      isAllowed = false;
      draw();
      stop();
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

function endedText({ document: { published, seq }, publishedSeq }: DraftPublication): string {
  const sentence = publishedSeq !== null && seq > publishedSeq ? texts.endedChanged : texts.ended;
  return sentence(published?.revision ?? 0);
}
