/**
 * The HTML of a published page: complete without its script, which keeps it up to date. Pure: the same page and context make
 * the same bytes, on which the entity tag relies.
 * All text is escaped here; the body is safe by construction (`src/content/html/html.ts`).
 */
import { escapeHtml, renderDirected } from '../../../content/html/html.ts';
import { directionOf } from '../../../lib/language-tag.ts';
import { READERS, type ReaderTexts } from '../../../messages/catalogues.ts';
import { type Language, languageOf } from '../../../messages/languages.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import type { SectionDates } from '../../../published/entry.ts';
import { meta, metadataOf } from './metadata.ts';
import type { PageContext } from './page-context.ts';

/** A document's title; one that is empty is called so in its language. */
export const titleOf = ({ title, language }: Pick<PublishedPage, 'title' | 'language'>): string =>
  title.trim() === '' ? READERS[languageOf(language)].untitled : title;

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

function dates({ firstPublishedAt, updatedAt }: PublishedPage, { locale, updated }: ReaderTexts): string {
  const isSameDay = firstPublishedAt.slice(0, 10) === updatedAt.slice(0, 10);
  const first = time(firstPublishedAt, locale);
  const text = isSameDay ? first : `${first}${escapeHtml(updated)}${time(updatedAt, locale)}`;
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

const isIn = (tag: string, language: Language): boolean => tag.split('-', 1)[0]?.toLowerCase() === language;

/** Code may be wider than the page: with a stop for the keyboard it scrolls by arrow keys in every browser. */
const scrollable = (html: string): string => html.replaceAll(/<pre([^>]*)>/g, '<pre tabindex="0"$1>');

/** @param sectionDates when each section of the body was begun, as far as that is known */
export function renderPage(page: PublishedPage, context: PageContext, sectionDates: SectionDates = []): string {
  const texts = READERS[context.language];
  const title = titleOf(page);
  const head = [
    `<title>${escapeHtml(title)}</title>`,
    ...metadataOf(page, title, sectionDates, context),
    `<script type="module" src="/assets/${escapeHtml(context.script)}"></script>`,
  ];
  const live = `<span class="live" role="status"${page.live ? '' : ' hidden'}>${escapeHtml(texts.page.live)}</span>`;
  // What is shown is the draft at this position: the revision that it stands for reads otherwise.
  const position = page.seq === null ? '' : ` data-seq="${page.seq}"`;
  const author = `<span class="author">${escapeHtml(page.author)}</span>`;
  // Around a text whose language the pages do not speak.
  const around = isIn(page.language, context.language) ? '' : ` lang="${context.language}"`;
  // `dir`: each text runs as its own script does, whatever the language of the page around it.
  const body = [
    `<main class="reading" data-slug="${escapeHtml(page.slug)}" data-id="${page.documentId}" data-revision="${page.revision}"${position}>`,
    '<article>',
    '<header>',
    `<h1 dir="auto">${escapeHtml(title)}</h1>`,
    ...(page.summary.trim() === '' ? [] : [`<p class="summary" dir="auto">${escapeHtml(page.summary)}</p>`]),
    `<p class="byline"${around}>${texts.page.byline(author, dates(page, texts))}${live}</p>`,
    '</header>',
    `<div class="prose">\n${scrollable(renderDirected(page.body))}\n</div>`,
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
