/** Sitemaps (sitemaps.org, protocol 0.9) and Google's extension of them for news. Pure. */
import { documentPath } from '../../../content/slug/address.ts';
import type { PublicAddress, PublicDocument } from '../../../ports/public-reads.ts';
import { XML_DECLARATION, xml } from '../../http/xml.ts';
import { titleOf } from './page.ts';

const SITEMAPS = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const NEWS = 'http://www.google.com/schemas/sitemap-news/0.9';

export const pageAddress = (origin: string, { slug }: Pick<PublicDocument, 'slug'>): string =>
  `${origin}${documentPath(slug)}`;

export const renderUrl = (address: PublicAddress, origin: string): string =>
  `<url><loc>${xml(pageAddress(origin, address))}</loc><lastmod>${xml(address.publishedAt)}</lastmod></url>\n`;

/** @param urls of `renderUrl` */
export const renderSitemap = (urls: readonly string[]): string =>
  `${XML_DECLARATION}\n<urlset xmlns="${SITEMAPS}">\n${urls.join('')}</urlset>\n`;

/** @param parts their number; each is at `/sitemap-{n}.xml`, from 1 */
export function renderSitemapIndex(parts: number, origin: string): string {
  const sitemaps = Array.from({ length: parts }, (_, index) => {
    return `<sitemap><loc>${xml(`${origin}/sitemap-${index + 1}.xml`)}</loc></sitemap>\n`;
  });
  return `${XML_DECLARATION}\n<sitemapindex xmlns="${SITEMAPS}">\n${sitemaps.join('')}</sitemapindex>\n`;
}

export interface NewsSite {
  readonly origin: string;
  readonly name: string;
  readonly language: string;
}

/** Google knows languages by their ISO 639 code, without a region; Chinese alone is divided by its script. */
function newsLanguage(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize();
  if (language !== 'zh') return language;
  return script === 'Hant' ? 'zh-tw' : 'zh-cn';
}

export function renderNewsSitemap(documents: readonly PublicDocument[], { origin, name, language }: NewsSite): string {
  const urls = documents.map((document) =>
    [
      '<url>',
      `<loc>${xml(pageAddress(origin, document))}</loc>`,
      '<news:news>',
      '<news:publication>',
      `<news:name>${xml(name)}</news:name>`,
      `<news:language>${xml(newsLanguage(language))}</news:language>`,
      '</news:publication>',
      `<news:publication_date>${xml(document.firstPublishedAt)}</news:publication_date>`,
      `<news:title>${xml(titleOf(document))}</news:title>`,
      '</news:news>',
      '</url>\n',
    ].join(''),
  );
  return `${XML_DECLARATION}\n<urlset xmlns="${SITEMAPS}" xmlns:news="${NEWS}">\n${urls.join('')}</urlset>\n`;
}
