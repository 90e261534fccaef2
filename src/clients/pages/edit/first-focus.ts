/** Where writing begins when a document opens. */
import type { Editor } from '@tiptap/core';

/** A screen that is touched: focusing a field there raises a keyboard over the text. */
const isTouched = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

/** Focuses the title while it is empty, else the beginning of the text. Nothing scrolls. */
export function focusFirst(title: HTMLTextAreaElement, editor: Editor): void {
  // Whoever is in a field already stays there.
  if (document.activeElement !== document.body) return;
  const isTitleEmpty = title.value === '';
  // On a phone reading comes first, unless there is nothing to read.
  if (isTouched() && !(isTitleEmpty && editor.isEmpty)) return;
  if (isTitleEmpty) title.focus({ preventScroll: true });
  else editor.view.focus();
}
