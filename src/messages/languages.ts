/**
 * The languages that the pages speak, and which of them a visitor or a document gets. Pure.
 * The readers' pages have all of them. Each other page has a language when its whole catalogue is there
 * (`<language>/<page>.ts`); else it is shown in English.
 */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What there is in each language; in English always. */
export type ByLanguage<T> = Readonly<Record<typeof FALLBACK_LANGUAGE, T> & Partial<Record<Language, T>>>;

/** The language whose catalogues are complete. */
export const FALLBACK_LANGUAGE = 'en' satisfies Language;

/** Languages of an `Accept-Language` header that are looked at. */
const MAX_PREFERENCES = 20;

/** Those in which there is something. */
export const languagesOf = (value: ByLanguage<unknown>): Language[] =>
  LANGUAGES.filter((language) => value[language] !== undefined);

/** The page language of a language tag (BCP 47), such as `de` for `de-AT`; English where there is none. */
export const languageOf = (tag: string): Language => matching(tag, LANGUAGES) ?? FALLBACK_LANGUAGE;

function matching(tag: string, available: readonly Language[]): Language | undefined {
  const [primary] = tag.trim().toLowerCase().split('-', 1);
  return available.find((language) => language === primary);
}

/**
 * The available language that the visitor prefers, by the `Accept-Language` header (RFC 9110, section 12.5.4).
 * @param header null: there is none
 */
export function preferredLanguage(header: string | null, available: readonly Language[]): Language {
  const preferences = (header ?? '')
    .split(',', MAX_PREFERENCES)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';');
      const quality = parameters.map((one) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(one)?.[1]).find(Boolean);
      return { language: matching(tag, available), quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  return preferences.find(({ language }) => language !== undefined)?.language ?? FALLBACK_LANGUAGE;
}
