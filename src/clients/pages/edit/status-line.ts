/**
 * The line that says whether the text is safe.
 * I1: bad news shows at once; "Saved" shows when it has been true for a moment, so the line is never ahead of the truth
 * and does not flicker with each key. Screen readers hear changes between safe and not safe, not every save.
 */
import { status as texts } from '../../../messages/en/edit.ts';
import type { Observable } from '../../editor/index.ts';
import { h } from '../common/dom.ts';
import type { PageStatus } from './page-status.ts';
import { statusText } from './status-text.ts';

/** Milliseconds for which a change has to hold before it is shown, where waiting misleads nobody. */
const SETTLE_MS = 350;
/** Milliseconds after which the line is written again, because "12:03" may have become yesterday's. */
const REFRESH_MS = 60_000;

export interface StatusLine {
  readonly element: HTMLElement;
  /** Writes the line again: whether this device keeps what is unsaved has changed. */
  refresh(): void;
  close(): void;
}

/** @param keeps whether this device keeps what is unsaved */
export function createStatusLine(status: Observable<PageStatus>, keeps: () => boolean): StatusLine {
  const text = h('span', { class: 'status-text' }, texts.opening);
  const line = h('div', { class: 'status', role: 'status', 'aria-live': 'off', 'data-tone': 'busy' }, text);
  const spoken = h('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  let settling: ReturnType<typeof setTimeout> | undefined;
  let lastSpoken: PageStatus['kind'] = 'saved';

  function write(): void {
    settling = undefined;
    const value = status.get();
    const { text: words, tone } = statusText(value, keeps(), Date.now());
    text.textContent = words;
    line.dataset.tone = tone;
    line.dataset.status = value.kind;
    if (value.kind !== 'saving' && value.kind !== lastSpoken) {
      spoken.textContent = words;
      lastSpoken = value.kind;
    }
  }

  function follow(value: PageStatus): void {
    clearTimeout(settling);
    const isGood = value.kind === 'saved' && line.dataset.status === 'saving';
    // All is saved and the document is being opened again: usually over before anyone could read of it.
    const isNothing = value.kind === 'saving' && value.unsaved === 0 && line.dataset.status === 'saved';
    if (isGood || isNothing) settling = setTimeout(write, SETTLE_MS);
    else write();
  }

  const unsubscribe = status.subscribe(follow);
  const refresh = () => settling ?? write();
  const refreshing = setInterval(refresh, REFRESH_MS);
  write();
  return {
    element: h('div', { class: 'status-area' }, line, spoken),
    refresh,
    close() {
      unsubscribe();
      clearTimeout(settling);
      clearInterval(refreshing);
    },
  };
}
