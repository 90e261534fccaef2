/**
 * The HTML of the home page: what is public, by page. Pure: the same documents make the same bytes for everybody, under every
 * host, on which the entity tag and the caches rely. All text is escaped here.
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { documentPath } from '../../../content/slug/address.ts';
import { READERS } from '../../../messages/catalogues.ts';
import { type Language, languageOf } from '../../../messages/languages.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import type { Site } from '../../access/site.ts';
import { meta, property, type ReadingAssets, readingShell } from '../../http/reading-shell.ts';
import { datesOf, langAround, titleOf } from './page.ts';

export interface HomePage {
  /** Published last, first. */
  readonly documents: readonly PublicDocument[];
  /** From 1. */
  readonly page: number;
  readonly hasOlder: boolean;
}

export type HomeSite = Pick<Site, 'name' | 'description' | 'language'>;

const pathOf = (page: number): string => (page === 1 ? '/' : `/?page=${page}`);

function story(document: PublicDocument, language: Language): string {
  const texts = READERS[language];
  const { summary } = document;
  const author = `<span class="author">${escapeHtml(document.author)}</span>`;
  const live = document.live ? ` <span class="badge live">${escapeHtml(texts.page.live)}</span>` : '';
  return [
    `<li lang="${escapeHtml(document.language)}">`,
    `<h2 dir="auto"><a href="${documentPath(document.slug)}">${escapeHtml(titleOf(document))}</a></h2>`,
    ...(summary.trim() === '' ? [] : [`<p class="about" dir="auto">${escapeHtml(summary)}</p>`]),
    `<p class="by"${langAround(document.language, language)}>${texts.page.byline(author, datesOf(document, texts))}${live}</p>`,
    '</li>',
  ].join('\n');
}

function pages({ page, hasOlder }: HomePage, language: Language): string[] {
  const { home } = READERS[language];
  if (page === 1 && !hasOlder) return [];
  const link = (rel: string, to: number, text: string) =>
    `<a class="button" rel="${rel}" href="${pathOf(to)}">${escapeHtml(text)}</a>`;
  return [
    `<nav class="pages" aria-label="${escapeHtml(home.pages)}">`,
    ...(page > 1 ? [link('prev', page - 1, home.newer)] : []),
    ...(hasOlder ? [link('next', page + 1, home.older)] : []),
    '</nav>',
  ];
}

export function renderHome(list: HomePage, site: HomeSite, assets: ReadingAssets): string {
  const { documents, page } = list;
  const language = languageOf(site.language);
  const { home, actions, product } = READERS[language];
  const title = page === 1 ? site.name : home.title(site.name, page);
  const described = site.description === '' ? [] : [site.description];
  const ofSite = `lang="${escapeHtml(site.language)}" dir="auto"`;
  const head = [
    `<title>${escapeHtml(title)}</title>`,
    ...described.map((text) => meta('description', text)),
    `<link rel="canonical" href="${pathOf(page)}">`,
    `<link rel="alternate" type="application/atom+xml" title="${escapeHtml(site.name)}" href="/feed.xml">`,
    property('og:type', 'website'),
    property('og:site_name', site.name),
    property('og:title', title),
    ...described.map((text) => property('og:description', text)),
    meta('twitter:card', 'summary'),
  ];
  const stories =
    documents.length === 0
      ? [`<p class="empty">${escapeHtml(home.empty)}</p>`]
      : ['<ul class="stories">', ...documents.map((document) => story(document, language)), '</ul>'];
  const body = [
    '<main class="front">',
    '<header class="masthead">',
    `<h1 ${ofSite}>${escapeHtml(site.name)}</h1>`,
    ...described.map((text) => `<p class="tagline" ${ofSite}>${escapeHtml(text)}</p>`),
    '<p class="ways">',
    `<a href="/feed.xml">${escapeHtml(home.feed)}</a>`,
    `<a class="button" href="/sign-in">${escapeHtml(actions.signIn)}</a>`,
    '</p>',
    '</header>',
    ...stories,
    ...pages(list, language),
    '</main>',
    `<footer class="colophon"><span class="wordmark">${escapeHtml(product)}</span></footer>`,
  ];
  return readingShell(language, head, body, assets);
}
