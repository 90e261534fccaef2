/** What programs put on the clipboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** HTML as a program writes it: a file of `clipboard/`. */
export const clipboardHtml = (
  name: 'google-docs' | 'spreadsheet' | 'vscode' | 'web-page' | 'word' | 'word-online',
): string => readFileSync(join(ROOT, 'test/support/clipboard', `${name}.html`), 'utf8');
