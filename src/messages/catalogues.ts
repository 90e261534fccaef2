/**
 * The texts of what the server writes itself: the shells of the authors' pages, and the pages of readers. Scripts of pages
 * import the English catalogues directly; the build of a page in another language replaces them (`scripts/build-web.mjs`).
 */
import * as commonEn from './en/common.ts';
import { title as editEn } from './en/edit.ts';
import { title as embedEn, noscript as embedNoscriptEn } from './en/embed.ts';
import { title as listEn } from './en/list.ts';
import { LOCALE as localeEn } from './en/locale.ts';
import { title as missingEn } from './en/missing.ts';
import { type NoticeTexts, notices as noticesEn } from './en/notices.ts';
import { page as pageEn, type ReadingTexts, updated as updatedEn } from './en/reading.ts';
import { title as revisionsEn } from './en/revisions.ts';
import { title as signInEn } from './en/sign-in.ts';
import type { ByLanguage } from './languages.ts';

/** What the server writes of a page that its script fills. */
export interface ShellTexts {
  readonly title: string;
  /** For browsers without JavaScript. */
  readonly noscript: string;
}

const { noscript: noscriptEn } = commonEn;

export const SHELLS = {
  list: { en: { title: listEn, noscript: noscriptEn } },
  'sign-in': { en: { title: signInEn, noscript: noscriptEn } },
  edit: { en: { title: editEn, noscript: noscriptEn } },
  revisions: { en: { title: revisionsEn, noscript: noscriptEn } },
  missing: { en: { title: missingEn, noscript: noscriptEn } },
  embed: { en: { title: embedEn, noscript: embedNoscriptEn } },
} satisfies Readonly<Record<string, ByLanguage<ShellTexts>>>;

/** What stands around a published document. */
export interface ReaderTexts extends ReadingTexts {
  /** For `Intl`. */
  readonly locale: string;
  readonly product: string;
  /** Shown instead of a title that is empty. */
  readonly untitled: string;
  /** Between the time of the first publication and that of the last. */
  readonly updated: string;
  readonly notices: NoticeTexts;
}

export const READERS: ByLanguage<ReaderTexts> = {
  en: {
    ...pageEn,
    locale: localeEn,
    product: commonEn.name,
    untitled: commonEn.untitled,
    updated: updatedEn,
    notices: noticesEn,
  },
};
