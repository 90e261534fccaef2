/** Superscripts and subscripts as characters of their own: the schema has no mark for them, and without them 10⁶ would be 106. */
export type Raised = 'sup' | 'sub';

const FORMS: Readonly<Record<Raised, readonly [from: string, to: string]>> = {
  sup: ['0123456789+-−=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ'],
  sub: ['0123456789+-−=()aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ'],
};
/** "1st" and "Mᵐᵉ" read the same without. */
const WORDS = /^[\p{L}\p{M}\s.'’™®©]*$/u;
const ALIGNED = /(?:^|;)\s*vertical-align\s*:\s*(super|sub)\b/i;

/** What an element makes of its text; Google Docs says it by a style. */
export function raisedBy(name: string, style: string): Raised | null {
  if (name === 'sup' || name === 'sub') return name;
  const aligned = ALIGNED.exec(style)?.[1]?.toLowerCase();
  return aligned === 'super' ? 'sup' : aligned === 'sub' ? 'sub' : null;
}

/** @returns null: not all of it has such characters */
export function raisedText(text: string, raised: Raised): string | null {
  const [from, to] = FORMS[raised];
  const characters = [...text].map((one) => (/\s/.test(one) ? one : [...to][[...from].indexOf(one)]));
  return characters.includes(undefined) ? null : characters.join('');
}

/** Whether text that is pasted as it is reads otherwise than it was meant. */
export const isMisread = (text: string): boolean => !WORDS.test(text);
