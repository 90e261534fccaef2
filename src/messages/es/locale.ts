/** How Spanish pages format dates, numbers, lists and plurals: `3 de mayo de 2026`, `1.204`. */
import { pluralChoice } from '../../lib/plural.ts';

/** For `Intl`. */
export const LOCALE: string = 'es-ES';

export const number = (value: number): string => value.toLocaleString(LOCALE);
export const plural = /* @__PURE__ */ pluralChoice<'one' | 'many'>(LOCALE);
