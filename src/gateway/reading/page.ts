/**
 * The HTML of a published page: complete without a script. Pure: the same page and place make the same bytes, which is
 * what the entity tag stands on.
 * All text goes in escaped here; the body is safe by construction (`src/content/html.ts`).
 */
import { escapeHtml, renderHtml } from '../../content/html.ts';
import { renderText } from '../../content/text.ts';
import type { Body } from '../../content/types.ts';

/** What readers see of a document: its current revision. */
export interface PublishedPage {
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
}

/** Where the page is shown and what it looks like. */
export interface Place {
  /** `https://host`; undefined when the request does not say it plainly. */
  readonly origin: string | undefined;
  /** Names of assets. */
  readonly style: string;
  readonly icon: string;
}

/** Characters of a description made from the text when there is no summary. */
const DESCRIPTION = 160;

/** JSON inside a `script` element: no `<`, so that nothing in it can end the element. */
const jsonData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

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
function time(at: string): string {
  const words = new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `<time datetime="${escapeHtml(at)}">${words}</time>`;
}

function dates({ firstPublishedAt, publishedAt }: PublishedPage): string {
  const isSameDay = firstPublishedAt.slice(0, 10) === publishedAt.slice(0, 10);
  return isSameDay ? time(firstPublishedAt) : `${time(firstPublishedAt)}, updated ${time(publishedAt)}`;
}

function shell(head: readonly string[], body: readonly string[], { style, icon }: Place): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
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

export function renderPage(page: PublishedPage, place: Place): string {
  const title = page.title.trim() === '' ? 'Untitled' : page.title;
  const description = describe(page);
  const path = `/d/${page.slug}`;
  const url = place.origin === undefined ? undefined : `${place.origin}${path}`;
  const article = {
    '@context': 'https://schema.org',
    '@type': 'Article',
    headline: title,
    ...(description === '' ? {} : { description }),
    author: { '@type': 'Person', name: page.author },
    datePublished: page.firstPublishedAt,
    dateModified: page.publishedAt,
    ...(url === undefined ? {} : { url, mainEntityOfPage: url }),
  };
  const head = [
    `<title>${escapeHtml(title)}</title>`,
    ...(description === '' ? [] : [meta('description', description), property('og:description', description)]),
    meta('author', page.author),
    ...(page.visibility === 'private' ? [meta('robots', 'noindex')] : []),
    `<link rel="canonical" href="${escapeHtml(url ?? path)}">`,
    property('og:type', 'article'),
    property('og:title', title),
    ...(url === undefined ? [] : [property('og:url', url)]),
    property('article:published_time', page.firstPublishedAt),
    property('article:modified_time', page.publishedAt),
    meta('twitter:card', 'summary'),
    `<script type="application/ld+json">${jsonData(article)}</script>`,
  ];
  // `dir`: each text runs as its own script does, whatever the language of the page around it.
  const body = [
    '<main class="reading">',
    '<article>',
    '<header>',
    `<h1 dir="auto">${escapeHtml(title)}</h1>`,
    ...(page.summary.trim() === '' ? [] : [`<p class="summary" dir="auto">${escapeHtml(page.summary)}</p>`]),
    `<p class="byline">By <span class="author">${escapeHtml(page.author)}</span> · ${dates(page)}</p>`,
    '</header>',
    `<div class="prose" dir="auto">\n${renderHtml(page.body)}\n</div>`,
    '</article>',
    '</main>',
    '<footer class="colophon"><span class="wordmark">Stet</span></footer>',
  ];
  return shell(head, body, place);
}

/** A page that says one thing: that there is nothing, or nothing at the moment. */
export function renderNotice(title: string, text: string, place: Place): string {
  const words = escapeHtml(title);
  const body = `<main class="notice"><h1>${words}</h1><p>${escapeHtml(text)}</p></main>`;
  return shell([`<title>${words}</title>`, meta('robots', 'noindex')], [body], place);
}
