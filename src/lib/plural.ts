/** The choice between the forms that a text has for different numbers. Pure. */

/**
 * Makes the choice by the rules of a locale.
 * @template F the forms that the language has besides `other`: the compiler refuses a text that lacks one
 */
export const pluralChoice =
  <F extends Intl.LDMLPluralRule>(locale: string) =>
  (count: number, forms: Readonly<Record<F | 'other', string>>): string => {
    const rule = new Intl.PluralRules(locale).select(count);
    return (forms as Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>)[rule] ?? forms.other;
  };
