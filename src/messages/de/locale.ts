/** How German pages format dates, numbers, lists and plurals: `3. Mai 2026`, `1.204`. */
import { pluralChoice } from '../../lib/plural.ts';

/** For `Intl`. */
export const LOCALE: string = 'de-DE';

export const number = (value: number): string => value.toLocaleString(LOCALE);
export const plural = /* @__PURE__ */ pluralChoice<'one'>(LOCALE);
