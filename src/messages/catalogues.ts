/**
 * The texts that the server writes: the shells of the pages that a script fills, and the pages of readers. The scripts import
 * the English catalogues, which the build replaces (`scripts/build-web.mjs`).
 */
import * as ar from './ar/server.ts';
import * as de from './de/server.ts';
import * as en from './en/server.ts';
import * as es from './es/server.ts';
import * as fr from './fr/server.ts';
import type { ByLanguage, Language } from './languages.ts';

/** What the server writes of a page that a script fills. */
export interface ShellTexts {
  readonly title: string;
  /** For browsers without JavaScript. */
  readonly noscript: string;
}

/**
 * What stands around published documents and their list: `locale` is for `Intl`, `untitled` is shown instead of an empty title,
 * `missing` in the place of an embedded document.
 */
export type ReaderTexts = Pick<
  typeof en,
  'actions' | 'product' | 'locale' | 'untitled' | 'notices' | 'page' | 'updated' | 'home' | 'missing'
>;
export type NoticeName = keyof typeof en.notices;

export const READERS: Readonly<Record<Language, ReaderTexts>> = { ar, de, en, es, fr };

const shell = (title: string, { noscript }: Pick<typeof en, 'noscript'>): ShellTexts => ({ title, noscript });

export const SHELLS = {
  list: { en: shell(en.listTitle, en) },
  'sign-in': {
    ar: shell(ar.signInTitle, ar),
    de: shell(de.signInTitle, de),
    en: shell(en.signInTitle, en),
    es: shell(es.signInTitle, es),
    fr: shell(fr.signInTitle, fr),
  },
  edit: { en: shell(en.editTitle, en) },
  history: { en: shell(en.historyTitle, en) },
  embed: { en: { title: en.embedTitle, noscript: en.embedNoscript } },
} satisfies Readonly<Record<string, ByLanguage<ShellTexts>>>;
