/** Brings a place of the text into the window, clear of the bars above it and of a phone's keyboard. */
import type { EditorView } from '@tiptap/pm/view';

/** Pixels that stay free around the place. */
const MARGIN = 24;

export function reveal(view: EditorView, position: number): void {
  const { top, bottom } = view.coordsAtPos(position);
  const bars = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
  const { height, offsetTop } = window.visualViewport ?? { height: window.innerHeight, offsetTop: 0 };
  const end = offsetTop + height;
  if (top >= bars + MARGIN && bottom <= end - MARGIN) return;
  window.scrollBy({ top: (top + bottom) / 2 - (bars + end) / 2, behavior: 'instant' });
}
