/**
 * The HTML of a document in a frame on another site: its article as on its own page, and where it is from. Complete without its
 * script, which keeps it up to date and reports its height. Pure: the same document and context make the same bytes. All text is
 * escaped here.
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { documentPath } from '../../../content/slug/address.ts';
import { READERS } from '../../../messages/catalogues.ts';
import type { Language } from '../../../messages/languages.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import { meta, type ReadingAssets, readingShell, type Theme } from '../../http/reading-shell.ts';
import { langAround, readingData, renderArticle, titleOf } from './page.ts';

export interface FrameContext extends ReadingAssets {
  /** `https://host`; undefined when the request has no plain one. */
  readonly origin: string | undefined;
  readonly siteName: string;
  /** Name of the script. */
  readonly script: string;
  /** Of what stands around the text, and of the script. */
  readonly language: Language;
  readonly theme: Theme;
}

/** Links leave the frame: no other page of ours can be shown in one. */
const NEW_WINDOW = '<base target="_blank">';

const headOf = (title: string, { script }: FrameContext): string[] => [
  `<title>${escapeHtml(title)}</title>`,
  NEW_WINDOW,
  meta('robots', 'noindex'),
  `<script type="module" src="/assets/${escapeHtml(script)}"></script>`,
];

export function renderFrame(page: PublishedPage, context: FrameContext): string {
  const { language, origin, siteName, theme } = context;
  const path = documentPath(page.slug);
  const head = [
    ...headOf(titleOf(page), context),
    `<link rel="canonical" href="${escapeHtml(`${origin ?? ''}${path}`)}">`,
  ];
  const source = `<a href="${path}" rel="noopener">${escapeHtml(siteName)}</a>`;
  const body = [
    `<main class="reading" ${readingData(page)}>`,
    ...renderArticle(page, language),
    `<p class="source" dir="auto"${langAround(page.language, language)}>${source}</p>`,
    '</main>',
  ];
  return readingShell(page.language, head, body, context, theme);
}

/**
 * In the place of a document that is not there, or no longer.
 * @param slug that the script goes on asking for; undefined: it can be no document's
 * @param isHidden nothing is shown
 */
export function renderMissingFrame(slug: string | undefined, isHidden: boolean, context: FrameContext): string {
  const { missing } = READERS[context.language];
  const data = slug === undefined ? '' : ` data-slug="${escapeHtml(slug)}"`;
  // Each page has a heading; this one has a sentence instead of a text.
  const sentence = isHidden ? '' : `<h1 class="missing">${escapeHtml(missing)}</h1>`;
  return readingShell(
    context.language,
    headOf(missing, context),
    [`<main class="reading"${data}>${sentence}</main>`],
    context,
    context.theme,
  );
}
