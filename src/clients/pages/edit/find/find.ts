/** Find and replace on the page: the bar is made when it is first asked for. */
import type { Editor } from '@tiptap/core';
import { h } from '../../common/dom.ts';
import { createFindBar, type FindBar } from './find-bar.ts';

export interface FindControl {
  /** Where the bar stands. */
  readonly element: HTMLElement;
  show(withReplace: boolean): void;
  close(): void;
}

/** @param current the text's editor; null while there is none */
export function createFindControl(current: () => Editor | null): FindControl {
  const element = h('div', { class: 'find-area' });
  let bar: FindBar | null = null;
  return {
    element,
    show(withReplace) {
      const editor = current();
      if (editor === null || editor.isDestroyed) return;
      if (bar === null) {
        bar = createFindBar(editor);
        element.append(bar.element);
      }
      bar.show(withReplace);
    },
    close: () => bar?.close(),
  };
}
