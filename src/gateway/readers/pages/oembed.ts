/**
 * A page's description for sites that embed it: oEmbed 1.0, type rich. What is embedded is a frame, which works where scripts of
 * others are forbidden. Pure.
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { framePath } from '../../../content/slug/address.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { CARD } from '../cards/card.ts';
import { cardPath } from '../cards/cards.ts';
import { titleOf } from './page.ts';

/** Pixels, unless the consumer has less room. */
const WIDTH = 640;
const HEIGHT = 480;
/** Seconds for which a consumer may cache the answer. */
const CACHE_AGE_S = 300;

/** What a consumer has room for; without a number, as much as is needed. */
const roomOf = (limit: string | null): number =>
  limit !== null && /^[1-9]\d{0,4}$/.test(limit) ? Number(limit) : Number.POSITIVE_INFINITY;

export interface OembedSite {
  /** `https://host`. */
  readonly origin: string;
  readonly name: string;
}

/** @param query of the request: its `maxwidth` and `maxheight` limit the frame, and the picture, which is left out beyond them */
export function oembedOf(document: PublicDocument, { origin, name }: OembedSite, query: URLSearchParams): object {
  const [maxWidth, maxHeight] = [roomOf(query.get('maxwidth')), roomOf(query.get('maxheight'))];
  const [width, height] = [Math.min(WIDTH, maxWidth), Math.min(HEIGHT, maxHeight)];
  const title = titleOf(document);
  const src = escapeHtml(`${origin}${framePath(document.slug)}`);
  const hasRoom = CARD.width <= maxWidth && CARD.height <= maxHeight;
  const thumbnail = {
    thumbnail_url: `${origin}${cardPath(document)}`,
    thumbnail_width: CARD.width,
    thumbnail_height: CARD.height,
  };
  return {
    version: '1.0',
    type: 'rich',
    title,
    author_name: document.author,
    provider_name: name,
    provider_url: `${origin}/`,
    cache_age: CACHE_AGE_S,
    ...(hasRoom ? thumbnail : {}),
    html: `<iframe src="${src}" width="${width}" height="${height}" title="${escapeHtml(title)}" frameborder="0" loading="lazy"></iframe>`,
    width,
    height,
  };
}
