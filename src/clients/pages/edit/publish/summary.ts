/** The summary: the shared value `summary` of the draft's `meta` map, saved and seen by co-authors as the title is. */
import type * as Y from 'yjs';
import { META } from '../../../../content/model/names.ts';
import { dialog as texts } from '../../../../messages/en/publish.ts';
import { h } from '../../common/dom.ts';

/** Longest summary, in UTF-16 units; the API's limit. */
const MAX_LENGTH = 1_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a summary may not hold.
const REFUSED = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

export interface Summary {
  readonly element: HTMLTextAreaElement;
  close(): void;
}

export function createSummary(ydoc: Y.Doc, id: string): Summary {
  const meta = ydoc.getMap(META);
  const element = h('textarea', {
    id,
    class: 'summary-field',
    dir: 'auto',
    rows: 2,
    maxlength: MAX_LENGTH,
    placeholder: texts.summaryPlaceholder,
    oninput: () => {
      meta.set('summary', element.value.replace(REFUSED, ''));
    },
  });

  function draw(): void {
    const stored: unknown = meta.get('summary');
    const summary = typeof stored === 'string' ? stored : '';
    if (element.value === summary) return;
    const { selectionStart, selectionEnd } = element;
    element.value = summary;
    if (document.activeElement === element) element.setSelectionRange(selectionStart, selectionEnd);
  }
  meta.observe(draw);
  draw();

  return {
    element,
    close: () => meta.unobserve(draw),
  };
}
