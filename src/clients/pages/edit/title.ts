/**
 * The title: the shared value `title` of the draft's `meta` map, in a field that grows with it. It is saved as the text
 * is; the list's copy of it is the server's business.
 */
import type * as Y from 'yjs';
import { page as texts } from '../../../messages/en/edit.ts';
import { h } from '../common/dom.ts';

/** Longest title, in UTF-16 units; the API's limit. */
const MAX_LENGTH = 300;

export interface Title {
  readonly element: HTMLTextAreaElement;
  setEditable(editable: boolean): void;
  /** What to show while the draft has no title of its own: the one that the document was made with. */
  setFallback(title: string): void;
  close(): void;
}

/** The draft's title; null when it never had one. */
export function titleOf(ydoc: Y.Doc): string | null {
  const title: unknown = ydoc.getMap('meta').get('title');
  return typeof title === 'string' ? title : null;
}

/**
 * @param onChange called with the title at first and after each change, whoever made it
 * @param onLeave called when the author goes on to the text
 */
export function createTitle(ydoc: Y.Doc, onChange: (title: string) => void, onLeave: () => void): Title {
  const meta = ydoc.getMap('meta');
  let fallback = '';
  const element = h('textarea', {
    class: 'title',
    rows: 1,
    maxlength: MAX_LENGTH,
    placeholder: texts.title,
    'aria-label': texts.title,
    dir: 'auto',
    readonly: true,
    autocomplete: 'off',
    oninput: () => {
      // A title is one line: pasted line breaks and tabs become a space.
      const value = element.value.replace(/\s*\p{Cc}+\s*/gu, ' ');
      if (value !== element.value) element.value = value;
      meta.set('title', value);
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const atEnd = element.selectionStart === element.value.length;
      if (event.key !== 'Enter' && !(event.key === 'ArrowDown' && atEnd)) return;
      event.preventDefault();
      onLeave();
    },
  });

  function grow(): void {
    if (CSS.supports('field-sizing', 'content')) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }

  function draw(): void {
    const title = titleOf(ydoc) ?? fallback;
    if (element.value !== title) {
      const { selectionStart, selectionEnd } = element;
      element.value = title;
      if (document.activeElement === element) element.setSelectionRange(selectionStart, selectionEnd);
    }
    grow();
    onChange(title);
  }
  meta.observe(draw);
  window.addEventListener('resize', grow);
  draw();

  return {
    element,
    setEditable(editable) {
      element.readOnly = !editable;
    },
    setFallback(title) {
      fallback = title;
      draw();
    },
    close() {
      meta.unobserve(draw);
      window.removeEventListener('resize', grow);
    },
  };
}
