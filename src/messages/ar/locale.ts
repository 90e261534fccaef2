/** How Arabic pages format dates, numbers, lists and plurals: `3 مايو 2026`, `1,204`. The digits are those of most Arabic news sites. */
import { pluralChoice } from '../../lib/plural.ts';

/** For `Intl`. */
export const LOCALE: string = 'ar-EG-u-nu-latn';

export const number = (value: number): string => value.toLocaleString(LOCALE);
export const plural = /* @__PURE__ */ pluralChoice<'zero' | 'one' | 'two' | 'few' | 'many'>(LOCALE);
