/** A button that copies a text, and says that it did. */
import { copy as texts } from '../../../messages/en/common.ts';
import { h } from './dom.ts';

/** Milliseconds for which it says so. */
const SAID_MS = 2_000;

export interface CopyOptions {
  readonly label: string;
  readonly text: () => string;
  /** Selects the text for the author's own hand: over plain HTTP browsers give no clipboard. */
  readonly select: () => void;
}

export function copyButton({ label, text, select }: CopyOptions): HTMLButtonElement {
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      select();
      button.textContent = texts.byHand;
      return;
    }
    button.textContent = texts.copied;
    setTimeout(() => {
      button.textContent = label;
    }, SAID_MS);
  }
  const button = h('button', { type: 'button', class: 'button', onclick: () => void copy() }, label);
  return button;
}
