/** Pictures of documents, for other sites to show beside a link, and the threads that draw them. */
import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { CardTask } from '../gateway/readers/cards/card-tasks.ts';
import { type Cards, type CardsPorts, createCards } from '../gateway/readers/cards/cards.ts';
import { readFontTable } from '../gateway/readers/cards/font-table.ts';
import { cardFonts } from '../gateway/readers/cards/fonts.ts';
import { createWorkerPool } from '../lib/worker-pool/worker-pool.ts';
import type { Parts } from './parts.ts';
import { CARDS } from './settings.ts';

const TASKS = new URL('../gateway/readers/cards/card-tasks.ts', import.meta.url);

export function openCards(
  { cardFonts: more }: Pick<Config, 'cardFonts'>,
  ports: Omit<CardsPorts, 'pool' | 'fontFiles' | 'maxBytes'>,
  parts: Parts,
): Cards {
  const usable = more.filter((path) => {
    try {
      return readFontTable(readFileSync(path));
    } catch (err) {
      ports.log.warn({ err, path }, 'could not load a font of CARD_FONTS');
      return false;
    }
  });
  const pool = createWorkerPool<CardTask, Uint8Array<ArrayBuffer>>({ module: TASKS, ...CARDS.pool });
  parts.add('cards', () => pool.close());
  return createCards({ ...ports, pool, fontFiles: cardFonts(usable), maxBytes: CARDS.maxBytes });
}
