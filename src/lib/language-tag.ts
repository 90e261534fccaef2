/** Language tags (BCP 47), as `Intl` reads them. Pure. */

/** That of a site whose settings name no other. */
export const DEFAULT_LANGUAGE = 'en';
/** Longest tag that is taken: language, script, region and a few variants. */
const MAX_LENGTH = 35;
/** Scripts of today that are written from right to left. */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi']);

/** The tag in its canonical form, `pt-BR`; undefined: not well-formed. */
export function canonicalLanguage(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    return Intl.getCanonicalLocales(text)[0];
  } catch {
    return undefined;
  }
}

/** The direction in which a language is usually written. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  const { script } = new Intl.Locale(language).maximize();
  return script !== undefined && RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr';
}
