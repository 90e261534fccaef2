/** An Atom feed (RFC 4287) of what was published last. Pure; all text is escaped, and freed of what XML cannot hold. */
import { escapeHtml } from '../../../content/html/html.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { titleOf } from './page.ts';

export interface FeedEntry {
  readonly document: PublicDocument;
  /** Safe by construction. */
  readonly html: string;
}

/** When a feed changed that was always empty. */
const NEVER = '1970-01-01T00:00:00Z';
/** XML 1.0 has these characters in no form, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const xml = (text: string): string => escapeHtml(text.toWellFormed().replace(NOT_XML, ''));

function entryOf({ document, html }: FeedEntry, origin: string): string[] {
  const { documentId, slug, summary, author, publishedAt, firstPublishedAt } = document;
  return [
    '<entry>',
    `<id>urn:uuid:${xml(documentId)}</id>`,
    `<title>${xml(titleOf(document))}</title>`,
    `<link rel="alternate" type="text/html" href="${xml(`${origin}/d/${slug}`)}"/>`,
    `<published>${xml(firstPublishedAt)}</published>`,
    `<updated>${xml(publishedAt)}</updated>`,
    `<author><name>${xml(author)}</name></author>`,
    ...(summary.trim() === '' ? [] : [`<summary>${xml(summary)}</summary>`]),
    `<content type="html">${xml(html)}</content>`,
    '</entry>',
  ];
}

/** @param origin `https://host`, which also names the feed */
export function renderAtom(entries: readonly FeedEntry[], origin: string): string {
  const [updated = NEVER] = entries
    .map(({ document }) => document.publishedAt)
    .toSorted()
    .toReversed();
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${xml(origin)}/feed.xml</id>`,
    `<title>${xml(new URL(origin).host)}</title>`,
    `<updated>${xml(updated)}</updated>`,
    `<link rel="self" type="application/atom+xml" href="${xml(origin)}/feed.xml"/>`,
    '<generator>Stet</generator>',
    ...entries.flatMap((entry) => entryOf(entry, origin)),
    '</feed>',
    '',
  ].join('\n');
}
