/** The quiet count in the corner. Counts when the typing pauses: on a long text counting takes a while. */
import type { Editor } from '@tiptap/core';
import { page as texts } from '../../../messages/en/edit.ts';
import { h } from '../common/dom.ts';
import { countWords } from '../common/words.ts';

/** Milliseconds without a change after which the words are counted again. */
const PAUSE_MS = 300;

export interface WordCount {
  readonly element: HTMLElement;
  follow(editor: Editor): void;
  close(): void;
}

export function createWordCount(): WordCount {
  const element = h('footer', { class: 'words' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    element,
    follow(editor) {
      const count = () => {
        const { doc } = editor.state;
        const words = countWords(doc.textBetween(0, doc.content.size, '\n', ' '));
        element.textContent = words === 0 ? '' : texts.words(words);
      };
      editor.on('update', () => {
        clearTimeout(timer);
        timer = setTimeout(count, PAUSE_MS);
      });
      count();
    },
    close: () => {
      clearTimeout(timer);
      element.textContent = '';
    },
  };
}
