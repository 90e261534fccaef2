/** An Atom feed (RFC 4287) of what was published last; of live documents it has the draft. Pure. */

import { renderDirected } from '../../../content/html/html.ts';
import type { Body } from '../../../content/model/types.ts';
import { READERS } from '../../../messages/catalogues.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { XML_DECLARATION, xml } from '../../http/xml.ts';
import { titleOf } from './page.ts';
import { pageAddress } from './sitemap.ts';

/** An `<entry>`, rendered. */
export interface FeedEntry {
  /** RFC 3339, UTC. */
  readonly updatedAt: string;
  /** UTF-8. */
  readonly xml: Uint8Array;
}

/** When a feed changed that was always empty. */
const NEVER = '1970-01-01T00:00:00Z';
/** The site that the feed is of. */
export interface FeedSite {
  /** `https://host`. */
  readonly origin: string;
  readonly name: string;
  readonly description: string;
  readonly language: string;
}

/** One document of a feed, as XML that ends with a line break. */
export function renderEntry(document: PublicDocument, body: Body, origin: string): string {
  const { documentId, summary, author, updatedAt, firstPublishedAt } = document;
  return [
    `<entry xml:lang="${xml(document.language)}">`,
    `<id>urn:uuid:${xml(documentId)}</id>`,
    `<title>${xml(titleOf(document))}</title>`,
    `<link rel="alternate" type="text/html" href="${xml(pageAddress(origin, document))}"/>`,
    `<published>${xml(firstPublishedAt)}</published>`,
    `<updated>${xml(updatedAt)}</updated>`,
    `<author><name>${xml(author)}</name></author>`,
    ...(summary.trim() === '' ? [] : [`<summary>${xml(summary)}</summary>`]),
    `<content type="html">${xml(renderDirected(body))}</content>`,
    '</entry>',
    '',
  ].join('\n');
}

/** @returns UTF-8 */
export function renderAtom(
  entries: readonly FeedEntry[],
  { origin, name, description, language }: FeedSite,
): Uint8Array {
  const [updated = NEVER] = entries
    .map(({ updatedAt }) => updatedAt)
    .toSorted()
    .toReversed();
  const head = [
    XML_DECLARATION,
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xml(language)}">`,
    `<id>${xml(origin)}/feed.xml</id>`,
    `<title>${xml(name)}</title>`,
    ...(description === '' ? [] : [`<subtitle>${xml(description)}</subtitle>`]),
    `<updated>${xml(updated)}</updated>`,
    `<link rel="alternate" type="text/html" href="${xml(origin)}/"/>`,
    `<link rel="self" type="application/atom+xml" href="${xml(origin)}/feed.xml"/>`,
    `<generator>${xml(READERS.en.product)}</generator>`,
    '',
  ].join('\n');
  return Buffer.concat([Buffer.from(head), ...entries.map(({ xml: entry }) => entry), Buffer.from('</feed>\n')]);
}
