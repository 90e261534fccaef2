/** Draws a card as PNG: runs in a thread. The fonts are read once a thread. */
import { readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import { type CardTexts, cardSvg } from './card.ts';
import { type FontTable, readFontTable } from './font-table.ts';

export interface CardTask extends CardTexts {
  /** Paths, in the order in which they are used. */
  readonly fontFiles: readonly string[];
}

const tables = new Map<string, FontTable>();

function tableOf(path: string): FontTable {
  const present = tables.get(path);
  if (present) return present;
  const table = readFontTable(readFileSync(path));
  tables.set(path, table);
  return table;
}

export default function drawCard({ fontFiles, ...texts }: CardTask): Uint8Array<ArrayBuffer> {
  const svg = cardSvg(texts, fontFiles.map(tableOf));
  const drawn = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [...fontFiles] } }).render().asPng();
  // A buffer of its own: it is handed over to the main thread.
  return new Uint8Array(drawn);
}
