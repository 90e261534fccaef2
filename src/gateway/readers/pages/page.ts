/**
 * The HTML of a published page: complete without its script, which keeps it up to date. Pure: the same page and context make
 * the same bytes, on which the entity tag relies.
 * All text is escaped here; the body is safe by construction (`src/content/html/html.ts`).
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { renderText } from '../../../content/model/text.ts';
import type { Body } from '../../../content/model/types.ts';
import { documentPath } from '../../../content/slug/address.ts';
import { directionOf } from '../../../lib/language-tag.ts';
import { READERS, type ReaderTexts } from '../../../messages/catalogues.ts';
import { type Language, languageOf } from '../../../messages/languages.ts';
import type { Site } from '../../access/site.ts';

/** What readers see of a document: its current revision. */
export interface PublishedPage {
  readonly documentId: string;
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly body: Body;
  readonly revision: number;
  /** Handle of the document's owner. */
  readonly author: string;
  /** RFC 3339, UTC: of this revision and of the first one. */
  readonly publishedAt: string;
  readonly firstPublishedAt: string;
  readonly visibility: 'public' | 'private';
  /** The draft is shown as it is written, to those whose browsers run the script. */
  readonly live: boolean;
  /** BCP 47. */
  readonly language: string;
}

/** The site that shows the page, and its assets. */
export interface PageContext {
  /** `https://host`; undefined when the request has no plain one. */
  readonly origin: string | undefined;
  readonly site: Pick<Site, 'name' | 'description' | 'language'>;
  /** Names of assets. */
  readonly style: string;
  readonly icon: string;
  readonly script: string;
  /** Of what stands around the text, and of the script. */
  readonly language: Language;
}

/** Characters of a description made from the text when there is no summary. */
const DESCRIPTION = 160;

/** JSON inside a `script` element: no `<`, so that nothing in it can end the element. */
const jsonData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** A document's title; one that is empty is called so in its language. */
export const titleOf = ({ title, language }: Pick<PublishedPage, 'title' | 'language'>): string =>
  title.trim() === '' ? READERS[languageOf(language)].untitled : title;

function describe({ summary, body }: PublishedPage): string {
  const text = (summary.trim() === '' ? renderText(body) : summary).replace(/\s+/g, ' ').trim();
  if (summary.trim() !== '' || text.length <= DESCRIPTION) return text;
  const cut = text.lastIndexOf(' ', DESCRIPTION);
  return `${text.slice(0, cut > 0 ? cut : DESCRIPTION).toWellFormed()}…`;
}

const meta = (name: string, content: string): string => `<meta name="${name}" content="${escapeHtml(content)}">`;
const property = (name: string, content: string): string =>
  `<meta property="${name}" content="${escapeHtml(content)}">`;

/** `3 May 2026`; readers of a page without a script get one date for all, that of UTC. */
function time(at: string, locale: string): string {
  const words = new Date(at).toLocaleDateString(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `<time datetime="${escapeHtml(at)}">${words}</time>`;
}

function dates({ firstPublishedAt, publishedAt }: PublishedPage, { locale, updated }: ReaderTexts): string {
  const isSameDay = firstPublishedAt.slice(0, 10) === publishedAt.slice(0, 10);
  const first = time(firstPublishedAt, locale);
  const text = isSameDay ? first : `${first}${escapeHtml(updated)}${time(publishedAt, locale)}`;
  return `<span class="dates">${text}</span>`;
}

/** @param lang BCP 47, of most of the page */
function shell(lang: string, head: readonly string[], body: readonly string[], context: PageContext): string {
  const { style, icon } = context;
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(lang)}" dir="${directionOf(lang)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#191817" media="(prefers-color-scheme: dark)">',
    ...head,
    `<link rel="icon" type="image/svg+xml" href="/assets/${escapeHtml(icon)}">`,
    `<link rel="stylesheet" href="/assets/${escapeHtml(style)}">`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A page as its metadata describe it. */
interface Described {
  readonly title: string;
  readonly description: string;
  /** Undefined when the site's own address is not known. */
  readonly url: string | undefined;
}

/** Metadata for search engines, in the terms of schema.org. */
function jsonLd(page: PublishedPage, { title, description, url }: Described, { origin, site }: PageContext): object {
  return {
    '@context': 'https://schema.org',
    '@type': page.live ? 'LiveBlogPosting' : 'NewsArticle',
    headline: title,
    ...(description === '' ? {} : { description }),
    author: { '@type': 'Person', name: page.author },
    datePublished: page.firstPublishedAt,
    dateModified: page.publishedAt,
    ...(page.live ? { coverageStartTime: page.firstPublishedAt } : {}),
    publisher: { '@type': 'Organization', name: site.name, ...(origin === undefined ? {} : { url: `${origin}/` }) },
    ...(url === undefined ? {} : { url, mainEntityOfPage: url }),
  };
}

/** The same in other forms; a private page has none. */
function alternates({ visibility }: PublishedPage, context: PageContext, url: string | undefined): string[] {
  if (visibility === 'private') return [];
  const oembed = url === undefined ? [] : [`${context.origin}/oembed?format=json&url=${encodeURIComponent(url)}`];
  return [
    `<link rel="alternate" type="application/atom+xml" title="${escapeHtml(context.site.name)}" href="/feed.xml">`,
    ...oembed.map((href) => `<link rel="alternate" type="application/json+oembed" href="${escapeHtml(href)}">`),
  ];
}

const isIn = (tag: string, language: Language): boolean => tag.split('-', 1)[0]?.toLowerCase() === language;

/** Code may be wider than the page: with a stop for the keyboard it scrolls by arrow keys in every browser. */
const scrollable = (html: string): string => html.replaceAll('<pre>', '<pre tabindex="0">');

/** @param html of the page's body */
export function renderPage(page: PublishedPage, html: string, context: PageContext): string {
  const texts = READERS[context.language];
  const title = titleOf(page);
  const description = describe(page);
  const path = documentPath(page.slug);
  const url = context.origin === undefined ? undefined : `${context.origin}${path}`;
  const head = [
    `<title>${escapeHtml(title)}</title>`,
    ...(description === '' ? [] : [meta('description', description), property('og:description', description)]),
    meta('author', page.author),
    ...(page.visibility === 'private' ? [meta('robots', 'noindex')] : []),
    `<link rel="canonical" href="${escapeHtml(url ?? path)}">`,
    ...alternates(page, context, url),
    property('og:type', 'article'),
    property('og:site_name', context.site.name),
    property('og:title', title),
    ...(url === undefined ? [] : [property('og:url', url)]),
    property('article:published_time', page.firstPublishedAt),
    property('article:modified_time', page.publishedAt),
    meta('twitter:card', 'summary'),
    `<script type="application/ld+json">${jsonData(jsonLd(page, { title, description, url }, context))}</script>`,
    `<script type="module" src="/assets/${escapeHtml(context.script)}"></script>`,
  ];
  const live = `<span class="live"${page.live ? '' : ' hidden'}>${escapeHtml(texts.page.live)}</span>`;
  const author = `<span class="author">${escapeHtml(page.author)}</span>`;
  // Around a text whose language the pages do not speak.
  const around = isIn(page.language, context.language) ? '' : ` lang="${context.language}"`;
  // `dir`: each text runs as its own script does, whatever the language of the page around it.
  const body = [
    `<main class="reading" data-slug="${escapeHtml(page.slug)}" data-id="${page.documentId}" data-revision="${page.revision}">`,
    '<article>',
    '<header>',
    `<h1 dir="auto">${escapeHtml(title)}</h1>`,
    ...(page.summary.trim() === '' ? [] : [`<p class="summary" dir="auto">${escapeHtml(page.summary)}</p>`]),
    `<p class="byline"${around}>${texts.page.byline(author, dates(page, texts))}${live}</p>`,
    '</header>',
    `<div class="prose" dir="auto">\n${scrollable(html)}\n</div>`,
    '</article>',
    '</main>',
    `<footer class="colophon"><span class="wordmark">${escapeHtml(texts.product)}</span></footer>`,
  ];
  return shell(page.language, head, body, context);
}

/** A page of one sentence: that there is nothing, or nothing at the moment. */
export function renderNotice(title: string, text: string, context: PageContext): string {
  const words = escapeHtml(title);
  const body = `<main class="notice"><h1>${words}</h1><p>${escapeHtml(text)}</p></main>`;
  const head = [`<title>${words}</title>`, meta('robots', 'noindex')];
  return shell(context.language, head, [body], context);
}
