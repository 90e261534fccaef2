/** A page's description for sites that embed it: oEmbed 1.0, type rich. Pure. */
import { escapeHtml } from '../../../content/html/html.ts';
import { documentPath } from '../../../content/slug/address.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { CARD } from '../cards/card.ts';
import { cardPath } from '../cards/cards.ts';
import { titleOf } from './page.ts';

/** Pixels, unless the consumer has less room. */
const WIDTH = 640;
const HEIGHT = 480;
const LEAST = 120;
/** Seconds for which a consumer may cache the answer. */
const CACHE_AGE_S = 300;

const sizeWithin = (limit: string | null, usual: number): number => {
  const most = limit !== null && /^\d{1,5}$/.test(limit) ? Number(limit) : usual;
  return Math.max(Math.min(most, usual), LEAST);
};

export interface OembedSite {
  /** `https://host`. */
  readonly origin: string;
  readonly name: string;
}

export function oembedOf(document: PublicDocument, { origin, name }: OembedSite, query: URLSearchParams): object {
  const snippet = [
    `<script async src="${escapeHtml(origin)}/widget.js"></script>`,
    `<stet-widget document="${escapeHtml(document.slug)}">`,
    `<a lang="${escapeHtml(document.language)}" href="${escapeHtml(`${origin}${documentPath(document.slug)}`)}">${escapeHtml(titleOf(document))}</a>`,
    '</stet-widget>',
  ];
  return {
    version: '1.0',
    type: 'rich',
    title: titleOf(document),
    author_name: document.author,
    provider_name: name,
    provider_url: `${origin}/`,
    cache_age: CACHE_AGE_S,
    thumbnail_url: `${origin}${cardPath(document)}`,
    thumbnail_width: CARD.width,
    thumbnail_height: CARD.height,
    html: snippet.join(''),
    width: sizeWithin(query.get('maxwidth'), WIDTH),
    height: sizeWithin(query.get('maxheight'), HEIGHT),
  };
}
