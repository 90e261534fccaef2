/**
 * The HTML of pages that their scripts fill, in each language that a page has: the same bytes for everybody who gets that
 * language. Knows nothing of documents or users.
 */
import { escapeHtml } from '../../content/html/html.ts';
import { directionOf } from '../../lib/language-tag.ts';
import type { ShellTexts } from '../../messages/catalogues.ts';
import {
  type ByLanguage,
  FALLBACK_LANGUAGE,
  type Language,
  languagesOf,
  preferredLanguage,
} from '../../messages/languages.ts';
import { type BuiltPage, htmlAsset } from './built-app.ts';
import type { Representation } from './representation.ts';

export interface ShellOptions {
  /** As it was built. */
  readonly page: ByLanguage<BuiltPage>;
  readonly texts: ByLanguage<ShellTexts>;
  /** Name of the asset. */
  readonly icon: string;
  /** Content of the viewport's `meta`. */
  readonly viewport?: string;
  /** Further lines of the head, before the title. */
  readonly head?: readonly string[];
  /** Lines before the page's own script. */
  readonly scripts?: readonly string[];
}

/** The answer for a request: the page in the visitor's language. Its answers vary by `Accept-Language`. */
export type Shell = (request: Request) => Representation;

export const SHELL_VARIES = { vary: 'accept-language' } as const;

function htmlOf(language: Language, page: BuiltPage, { title, noscript }: ShellTexts, options: ShellOptions): string {
  const { icon, viewport = 'width=device-width, initial-scale=1', head = [], scripts = [] } = options;
  return [
    '<!doctype html>',
    `<html lang="${language}" dir="${directionOf(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta name="viewport" content="${viewport}">`,
    '<meta name="color-scheme" content="light dark">',
    '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#191817" media="(prefers-color-scheme: dark)">',
    ...head,
    `<title>${escapeHtml(title)}</title>`,
    `<link rel="icon" type="image/svg+xml" href="/assets/${icon}">`,
    ...(page.style === undefined ? [] : [`<link rel="stylesheet" href="/assets/${page.style}">`]),
    ...page.preload.map((chunk) => `<link rel="modulepreload" href="/assets/${chunk}">`),
    ...scripts,
    `<script type="module" src="/assets/${page.script}"></script>`,
    '</head>',
    '<body>',
    '<div id="app" aria-busy="true"></div>',
    `<noscript>${escapeHtml(noscript)}</noscript>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Makes a page's shells: those of the languages in which the page was built and has its texts. */
export function createShell(options: ShellOptions): Shell {
  const { page, texts } = options;
  const shells = new Map<Language, Representation>();
  for (const language of languagesOf(page)) {
    const [built, words] = [page[language], texts[language]];
    if (built && words) shells.set(language, htmlAsset(htmlOf(language, built, words, options)));
  }
  const english = htmlAsset(htmlOf(FALLBACK_LANGUAGE, page.en, texts.en, options));
  const languages = [...shells.keys()];
  return (request) => shells.get(preferredLanguage(request.headers.get('accept-language'), languages)) ?? english;
}
