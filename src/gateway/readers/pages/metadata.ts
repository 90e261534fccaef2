/**
 * What a published page says of itself to programs: search engines, and sites on which its address is shared. Pure. All text is
 * escaped here.
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { renderText } from '../../../content/model/text.ts';
import { documentPath } from '../../../content/slug/address.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import { CARD } from '../cards/card.ts';
import { cardPath } from '../cards/cards.ts';
import type { PageContext } from './page-context.ts';

/** Characters of a description made from the text when there is no summary. */
const DESCRIPTION = 160;

interface Described {
  readonly title: string;
  /** Empty: there is none. */
  readonly description: string;
  /** Undefined when the site's own address is not known. */
  readonly url: string | undefined;
  /** Of the picture; undefined: there is none. */
  readonly picture: string | undefined;
}

/** JSON inside a `script` element: no `<`, so that nothing in it can end the element. */
const jsonData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

export const meta = (name: string, content: string): string => `<meta name="${name}" content="${escapeHtml(content)}">`;
const property = (name: string, content: string): string =>
  `<meta property="${name}" content="${escapeHtml(content)}">`;

function describe({ summary, body }: PublishedPage): string {
  const text = (summary.trim() === '' ? renderText(body) : summary).replace(/\s+/g, ' ').trim();
  if (summary.trim() !== '' || text.length <= DESCRIPTION) return text;
  const cut = text.lastIndexOf(' ', DESCRIPTION);
  return `${text.slice(0, cut > 0 ? cut : DESCRIPTION).toWellFormed()}…`;
}

/** `pt_BR`: Open Graph wants a region, and gets the one where the language is spoken most. */
function openGraphLocale(tag: string): string {
  const { language, region } = new Intl.Locale(tag).maximize();
  return region === undefined ? language : `${language}_${region}`;
}

/** In the terms of schema.org. */
function jsonLd(page: PublishedPage, described: Described, { origin, site }: PageContext): object {
  const { title, description, url, picture } = described;
  return {
    '@context': 'https://schema.org',
    '@type': page.live ? 'LiveBlogPosting' : 'NewsArticle',
    headline: title,
    ...(description === '' ? {} : { description }),
    inLanguage: page.language,
    ...(picture === undefined ? {} : { image: [picture] }),
    author: { '@type': 'Person', name: page.author },
    datePublished: page.firstPublishedAt,
    dateModified: page.publishedAt,
    ...(page.live ? { coverageStartTime: page.firstPublishedAt } : {}),
    publisher: { '@type': 'Organization', name: site.name, ...(origin === undefined ? {} : { url: `${origin}/` }) },
    ...(url === undefined ? {} : { url, mainEntityOfPage: url }),
  };
}

/** The same document in other forms; a private page has none. */
function alternates({ visibility }: PublishedPage, { origin, site }: PageContext, url: string | undefined): string[] {
  if (visibility === 'private') return [];
  const oembed = url === undefined ? [] : [`${origin}/oembed?format=json&url=${encodeURIComponent(url)}`];
  return [
    `<link rel="alternate" type="application/atom+xml" title="${escapeHtml(site.name)}" href="/feed.xml">`,
    ...oembed.map((href) => `<link rel="alternate" type="application/json+oembed" href="${escapeHtml(href)}">`),
  ];
}

/** What is shown beside a link to the page: Open Graph, and X's names for it where they differ. */
function card(page: PublishedPage, { title, description, url, picture }: Described, { site }: PageContext): string[] {
  const image =
    picture === undefined
      ? []
      : [
          property('og:image', picture),
          property('og:image:type', 'image/png'),
          property('og:image:width', String(CARD.width)),
          property('og:image:height', String(CARD.height)),
          property('og:image:alt', title),
        ];
  return [
    property('og:type', 'article'),
    property('og:site_name', site.name),
    property('og:title', title),
    ...(description === '' ? [] : [property('og:description', description)]),
    property('og:locale', openGraphLocale(page.language)),
    ...(url === undefined ? [] : [property('og:url', url)]),
    ...image,
    property('article:published_time', page.firstPublishedAt),
    property('article:modified_time', page.publishedAt),
    meta('twitter:card', picture === undefined ? 'summary' : 'summary_large_image'),
  ];
}

/** @returns lines of the page's head */
export function metadataOf(page: PublishedPage, title: string, context: PageContext): string[] {
  const { origin } = context;
  const path = documentPath(page.slug);
  const url = origin === undefined ? undefined : `${origin}${path}`;
  const isPublic = page.visibility === 'public';
  const picture = origin === undefined || !isPublic ? undefined : `${origin}${cardPath(page)}`;
  const described = { title, description: describe(page), url, picture };
  return [
    ...(described.description === '' ? [] : [meta('description', described.description)]),
    meta('author', page.author),
    ...(isPublic ? [] : [meta('robots', 'noindex')]),
    `<link rel="canonical" href="${escapeHtml(url ?? path)}">`,
    ...alternates(page, context, url),
    ...card(page, described, context),
    `<script type="application/ld+json">${jsonData(jsonLd(page, described, context))}</script>`,
  ];
}
