/**
 * The HTML of a published page: complete without its script, which keeps it up to date. Pure: the same page and context make
 * the same bytes, on which the entity tag relies.
 * All text is escaped here; the body is safe by construction (`src/content/html/html.ts`).
 */
import { escapeHtml, renderDirected } from '../../../content/html/html.ts';
import { READERS, type ReaderTexts } from '../../../messages/catalogues.ts';
import { type Language, languageOf } from '../../../messages/languages.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import type { SectionDates } from '../../../published/entry.ts';
import { readingShell } from '../../http/reading-shell.ts';
import { metadataOf } from './metadata.ts';
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

/** When a document was published first, and last. As HTML. */
export function datesOf(
  { firstPublishedAt, updatedAt }: Pick<PublishedPage, 'firstPublishedAt' | 'updatedAt'>,
  { locale, updated }: Pick<ReaderTexts, 'locale' | 'updated'>,
): string {
  const isSameDay = firstPublishedAt.slice(0, 10) === updatedAt.slice(0, 10);
  const first = time(firstPublishedAt, locale);
  const text = isSameDay ? first : `${first}${escapeHtml(updated)}${time(updatedAt, locale)}`;
  return `<span class="dates">${text}</span>`;
}

/** The attribute of what stands around a text in a language that the pages do not speak; else nothing. */
export const langAround = (tag: string, language: Language): string =>
  tag.split('-', 1)[0]?.toLowerCase() === language ? '' : ` lang="${language}"`;

/** Code may be wider than the page: with a stop for the keyboard it scrolls by arrow keys in every browser. */
const scrollable = (html: string): string => html.replaceAll(/<pre([^>]*)>/g, '<pre tabindex="0"$1>');

/**
 * The text with its title, author and dates, wherever it is shown as a page.
 * @param language of what stands around the text
 */
export function renderArticle(page: PublishedPage, language: Language): string[] {
  const texts = READERS[language];
  const live = `<span class="live" role="status"${page.live ? '' : ' hidden'}>${escapeHtml(texts.page.live)}</span>`;
  const author = `<span class="author">${escapeHtml(page.author)}</span>`;
  const byline = `${texts.page.byline(author, datesOf(page, texts))}${live}`;
  // `dir`: each text runs as its own script does, whatever the language of the page around it.
  return [
    '<article>',
    '<header>',
    `<h1 dir="auto">${escapeHtml(titleOf(page))}</h1>`,
    ...(page.summary.trim() === '' ? [] : [`<p class="summary" dir="auto">${escapeHtml(page.summary)}</p>`]),
    `<p class="byline"${langAround(page.language, language)}>${byline}</p>`,
    '</header>',
    `<div class="prose">\n${scrollable(renderDirected(page.body))}\n</div>`,
    '</article>',
  ];
}

/** What the page's script has to know of the document that is shown. */
export function readingData({ slug, documentId, revision, seq }: PublishedPage): string {
  // What is shown is the draft at this position: the revision that it stands for reads otherwise.
  const position = seq === null ? '' : ` data-seq="${seq}"`;
  return `data-slug="${escapeHtml(slug)}" data-id="${documentId}" data-revision="${revision}"${position}`;
}

/** @param sectionDates when each section of the body was begun, as far as that is known */
export function renderPage(page: PublishedPage, context: PageContext, sectionDates: SectionDates = []): string {
  const title = titleOf(page);
  const head = [
    `<title>${escapeHtml(title)}</title>`,
    ...metadataOf(page, title, sectionDates, context),
    `<script type="module" src="/assets/${escapeHtml(context.script)}"></script>`,
  ];
  const body = [
    `<main class="reading" ${readingData(page)}>`,
    ...renderArticle(page, context.language),
    '</main>',
    `<footer class="colophon"><span class="wordmark">${escapeHtml(READERS[context.language].product)}</span></footer>`,
  ];
  return readingShell(page.language, head, body, context);
}
