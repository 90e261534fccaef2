/** What somebody typed into a search field, and words that are meant by it. */
import test from 'ava';
import fc from 'fast-check';
import { loosened, parseQuery, type Term } from '../../../src/content/search/query.ts';
import { isOneErrorApart, isTypoOf, mayHaveTypo, variantsOf } from '../../../src/content/search/typos.ts';

/** `harb*` may go on, `a+b` follow each other, `東京&京都` are pairs. */
const written = ({ words, isOpen, isPairs }: Term) => words.join(isPairs ? '&' : '+') + (isOpen ? '*' : '');
const wantedIn = (text: string) => parseQuery(text).wanted.map(written);
const unwantedIn = (text: string) => parseQuery(text).unwanted.map((terms) => terms.map(written).join(' '));

test('SEARCH1 words may be beginnings, phrases are whole, and a hyphen excludes', (t) => {
  t.deepEqual(wantedIn('Storm  Ciarán storm'), ['storm*', 'ciaran*']);
  t.deepEqual(wantedIn('"rest in the" mar'), ['rest+in+the', 'mar*']);
  t.deepEqual(wantedIn('"rest in the'), ['rest+in+the*'], 'a phrase that is still being typed');
  t.deepEqual(wantedIn("don't e-mail"), ['don+t*', 'e+mail*']);
  t.deepEqual(
    [wantedIn('cranes -april -"in May"'), unwantedIn('cranes -april -"in May"')],
    [['cranes*'], ['april', 'in+may']],
  );
  t.deepEqual(unwantedIn("-don't"), ['don+t']);
  for (const nothing of ['', ' ', '"', '""', '-', '--', '&|!:*()<->', "';", '🎉', '\0', '\ud800']) {
    t.deepEqual(parseQuery(nothing), { wanted: [], unwanted: [] }, JSON.stringify(nothing));
  }
});

test('SEARCH10 letters of scripts without spaces are searched in pairs, a single one as the beginning of one', (t) => {
  t.deepEqual(wantedIn('東京都'), ['東京&京都']);
  t.deepEqual(wantedIn('東'), ['東*']);
  t.deepEqual(wantedIn('AKB48劇場 東京'), ['akb48*', '劇場', '東京']);
  t.deepEqual(wantedIn('"東京都"'), ['東京&京都']);
});

test('SEARCH7 with typing errors words stand on their own, save those of a phrase', (t) => {
  const loose = (text: string) => loosened(parseQuery(text)).wanted.map(written);
  t.deepEqual(loose(`Côte-d'Ivoire "the coast"`), ['cote*', 'd*', 'ivoire*', 'the+coast']);
  t.deepEqual(loose('東京都'), ['東京&京都']);
});

test('I9 a search of thousands of words has a dozen terms', (t) => {
  const words = Array.from({ length: 5_000 }, (_, n) => `w${n}`);
  t.is(parseQuery(words.join(' ')).wanted.length, 12);
  t.is(parseQuery(words.map((word) => `-${word}`).join(' ')).unwanted.length, 12);
});

test('SEARCH7 one letter too many, missing, wrong, or two that changed places are one error', (t) => {
  for (const typed of ['harbor', 'harbuor', 'haarbour', 'hatbour', 'ahrbour', 'arbour', 'harbours', 'harbouf']) {
    t.true(isTypoOf(typed, 'harbour'), typed);
  }
  for (const typed of ['hrbor', 'habrruo', 'harmony', 'hort']) t.false(isTypoOf(typed, 'harbour'), typed);
  t.true(isTypoOf('harbu', 'harbour'), 'in the beginning of a word');
  t.false(isTypoOf('harbx', 'harbour'), 'the last letter of a beginning is as it was typed');
  t.deepEqual(
    ['hrb', '2025', 'b2b42', 'x'.repeat(25)].filter(mayHaveTypo),
    [],
    'short and long words and numbers are meant as they are',
  );
});

test('SEARCH7 the words that are looked for are those that one error makes, in every alphabet', (t) => {
  const alphabets = ['abcxyz', 'авнор', 'αβγδσ', 'אבגד', 'كتاب', 'कखगाि', '\u1109\u1165\u110b\u116e'];
  const twoWords = fc.constantFrom(...alphabets).chain((letters) => {
    const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 3, maxLength: 9 });
    return fc.tuple(word, word);
  });
  fc.assert(
    fc.property(twoWords, ([typed, word]) => {
      const { whole, open } = variantsOf(typed);
      const isFound = whole.has(word) || [...open].some((beginning) => word.startsWith(beginning));
      const isMeant = mayHaveTypo(typed) && isTypoOf(typed, word);
      // What is found as it was typed is no error.
      return isFound === isMeant || word.startsWith(typed);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(twoWords, ([a, b]) => isOneErrorApart(a, b) === isOneErrorApart(b, a) && isOneErrorApart(a, a)),
  );
  t.false(mayHaveTypo('a1b2'));
  t.deepEqual(variantsOf('b2b42'), { whole: new Set(), open: new Set() });
});

test('I9 a word of letters of many scripts is searched as it is, without counting out what it may mean', (t) => {
  // The first letters of blocks of 128: their alphabets have thousands of letters together.
  const blocks = [
    0xa000, 0xa080, 0xa100, 0xa180, 0xa200, 0xa280, 0xa300, 0x1400, 0x1480, 0x1500, 0x1580, 0x1200, 0x1280,
  ];
  const mixed = String.fromCodePoint(...blocks);
  t.deepEqual(variantsOf(mixed, 8_000), { whole: new Set(), open: new Set() });
  t.true(variantsOf('harbour', 8_000).open.size > 100);
});

test('I9 a part of many words has so many terms at most, with typing errors too', (t) => {
  const query = parseQuery(
    Array.from({ length: 40 }, (_, n) => `word${String.fromCharCode(97 + (n % 26))}${n}`).join('.'),
  );
  t.is(query.wanted.length, 1);
  t.is(loosened(query).wanted.length, 12);
});

test('I9 the longest word has some thousand variants, whatever it is written in', (t) => {
  for (const letters of ['az', 'яб', 'αβ', 'אב', 'كت', 'कख', '\u1109\u1165', 'ክለ', 'აბ', '𐐨𐐩']) {
    const { whole, open } = variantsOf(letters.repeat(24 / letters.length));
    t.true(whole.size + open.size > 500 && whole.size + open.size < 13_000, `${letters}: ${whole.size + open.size}`);
  }
});
