/** Live documents for tests of what readers get of them: entries as the public cache has them, and drafts that a test writes. */
import { renderHtml } from '../../src/content/html/html.ts';
import type { Block, Body, DraftContent } from '../../src/content/model/types.ts';
import type { PublicDocument, PublicDraft } from '../../src/ports/public-reads.ts';
import { createEntry, type PublicEntry } from '../../src/published/entry.ts';

export const AT = '2026-05-03T20:00:00.000Z';
export const LIVE_ID = '11111111-1111-4111-8111-111111111111';

const text = (words: string) => [{ type: 'text', text: words }];
export const paragraph = (words: string): Block => ({ type: 'paragraph', content: text(words) });
export const heading = (words: string): Block => ({ type: 'heading', attrs: { level: 2 }, content: text(words) });
export const bodyOf = (...content: Block[]): Body => ({ type: 'doc', content });

export const liveDocument = (more: Partial<PublicDocument> = {}): PublicDocument => ({
  documentId: LIVE_ID,
  slug: 'cranes',
  revision: 1,
  title: 'Cranes',
  summary: '',
  author: 'ann',
  publishedAt: AT,
  firstPublishedAt: AT,
  updatedAt: AT,
  live: true,
  seq: null,
  coverage: { startedAt: AT, endedAt: null },
  language: 'en',
  ...more,
});

/** As the cache has it: with the text of its revision. */
export function cachedEntry(more: Partial<PublicDocument> = {}, body = bodyOf(paragraph('published'))): PublicEntry {
  return createEntry(liveDocument(more), { body, html: renderHtml(body) }, () => undefined);
}

/** A draft at a position, and what the database says of it. */
export class WrittenDraft {
  seq = 0;
  isLive = true;
  ownerNode: string | null = null;
  content: DraftContent = { title: null, summary: '', body: bodyOf() };
  /** Questions so far. */
  positions = 0;
  reads = 0;
  /** Held back until it resolves. */
  gate: Promise<void> | undefined;
  isReadable = true;

  write(...words: readonly string[]): void {
    this.seq += 1;
    this.content = { title: 'Live cranes', summary: '', body: bodyOf(...words.map(paragraph)) };
  }

  readonly drafts = {
    draft: async (): Promise<PublicDraft> => {
      this.positions += 1;
      const { seq, ownerNode } = this;
      return {
        live: this.isLive,
        seq,
        revision: 1,
        updatedAt: new Date(Date.parse(AT) + seq * 1_000).toISOString(),
        ownerNode,
      };
    },
  };

  readonly contents = {
    read: async () => {
      this.reads += 1;
      await this.gate;
      return this.isReadable ? { seq: this.seq, content: this.content } : undefined;
    },
  };
}
