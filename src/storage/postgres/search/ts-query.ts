/** A query as conditions of PostgreSQL on the vectors of `vectors.ts`. Pure. */
import { loosened, type Query, SHORTEST_BEGINNING, type Term } from '../../../content/search/query.ts';
import { type Variants, variantsOf } from '../../../content/search/typos.ts';

/** Literals of `tsquery`; null: there is nothing to be found this way. */
export interface Conditions {
  /** Whole words. */
  exact: string | null;
  /** Words and beginnings of words. */
  beginnings: string | null;
  /** The same, and what may be meant by words with a typing error. */
  withTypos: string | null;
}

export interface TsQueries {
  title: Conditions;
  /** Of all words of a document. */
  words: Conditions;
  /** What no document may have. */
  unwanted: string | null;
}

/** Words that may be meant, of a whole query. I9: a query of long words has more. */
const MAX_VARIANTS = 8_000;

const NOTHING: Conditions = { exact: null, beginnings: null, withTypos: null };

export function tsQueriesOf(query: Query): TsQueries {
  const { wanted, unwanted } = query;
  const excluded = unwanted.length === 0 ? null : anyOf(unwanted.map((terms) => all(terms.map(exactly))));
  if (wanted.length === 0) {
    // All others: that a title lacks the words says nothing.
    return {
      title: NOTHING,
      words: excluded === null ? NOTHING : { ...NOTHING, exact: `!(${excluded})` },
      unwanted: null,
    };
  }
  const exact = all(wanted.map(exactly));
  const loose = loosened(query).wanted.map((term) => ({ term, variants: variantsOfTerm(term) }));
  const conditions = (shortest: number): Conditions => ({
    exact,
    beginnings: all(wanted.map((term) => beginning(term, shortest))),
    withTypos: typos(loose, shortest),
  });
  return {
    title: conditions(SHORTEST_BEGINNING.title),
    words: conditions(SHORTEST_BEGINNING.text),
    unwanted: excluded,
  };
}

const word = (text: string): string => `'${text}'`;
const all = (parts: readonly string[]): string => parts.join(' & ');

/** Balanced: the depth of a condition is bounded by the stack of the server. */
function anyOf(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  const half = parts.length >> 1;
  return `(${anyOf(parts.slice(0, half))} | ${anyOf(parts.slice(half))})`;
}

const sequence = ({ isPairs }: Term, words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : `(${words.join(isPairs ? ' & ' : ' <-> ')})`;

function exactly(term: Term): string {
  // One letter of a script without spaces: each pair that begins with it has it.
  const isLetter = term.isPairs && term.isOpen;
  return sequence(
    term,
    term.words.map((text) => (isLetter ? `${word(text)}:*` : word(text))),
  );
}

function beginning(term: Term, shortest: number): string {
  if (!term.isOpen || term.isPairs) return exactly(term);
  const last = term.words.length - 1;
  return sequence(
    term,
    term.words.map((text, index) => (index === last && text.length >= shortest ? `${word(text)}:*` : word(text))),
  );
}

/** Undefined: the term is searched as it is. */
const variantsOfTerm = ({ isOpen, isPairs, words }: Term): Variants | undefined =>
  isOpen && !isPairs ? variantsOf(words[0] ?? '', MAX_VARIANTS) : undefined;

/** Null: every word is searched as it is. */
function typos(terms: readonly { term: Term; variants: Variants | undefined }[], shortest: number): string | null {
  let left = MAX_VARIANTS;
  const parts = terms.map(({ term, variants }) => {
    const strict = beginning(term, shortest);
    if (!variants) return strict;
    const { whole, open } = variants;
    const count = whole.size + open.size;
    if (count === 0 || count > left) return strict;
    left -= count;
    return anyOf([strict, ...[...whole].map(word), ...[...open].map((text) => `${word(text)}:*`)]);
  });
  return left < MAX_VARIANTS ? all(parts) : null;
}
