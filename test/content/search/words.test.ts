/** Words as search compares them: which are the same, and where they are in a text. */
import test from 'ava';
import fc from 'fast-check';
import { fold } from '../../../src/content/search/fold.ts';
import { wordsOf } from '../../../src/content/search/words.ts';

const foldedIn = (text: string) => wordsOf(text).map((word) => word.text);

test('SEARCH6 case, accents and letters that keyboards do not have make no difference', (t) => {
  const same = [
    ['Ciarán', 'ciaran'],
    ['GRÖSSE', 'Größe', 'grosse'],
    ['Ærøskøbing', 'aeroskobing'],
    ['Łódź', 'lodz'],
    ['Đặng', 'dang'],
    ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
    ['Ёлка', 'елка'],
    ['ὈΔΥΣΣΕΎΣ', 'οδυσσευς', 'Οδυσσεύς'],
    ['ﬁnal', 'final'],
    ['２０２６', '2026', '٢٠٢٦', '۲۰۲۶', '२०२६'],
    ['ﾊﾟﾝ', 'パン'],
    ['كِتَاب', 'كتاب', 'كتـــاب'],
    ['أحمد', 'احمد', 'إحمد'],
    ['مدرسة', 'مدرسه'],
    ['کتاب', 'كتاب'],
    ['שָׁלוֹם', 'שלום', 'שלומ'],
    ['Zu\u00adsam\u200dmen', 'zusammen'],
  ];
  for (const forms of same) {
    const folded = new Set(forms.flatMap((form) => [form, form.normalize('NFD'), form.normalize('NFC')]).map(fold));
    t.is(folded.size, 1, forms.join(' '));
  }
});

test('SEARCH6 what is another letter to its readers stays one', (t) => {
  const different = [
    ['か', 'が'],
    ['は', 'ぱ'],
    ['कि', 'की', 'क'],
    ['สี', 'สา'],
    ['или', 'ели'],
    ['서울', '서운'],
    ['2026', '2027'],
  ];
  for (const words of different) t.is(new Set(words.map(fold)).size, words.length, words.join(' '));
  t.true(fold('서울').startsWith(fold('서우')), 'a syllable that is still being typed begins the one that it becomes');
});

test('SEARCH1 words are told apart at everything that is no letter, and each knows its place', (t) => {
  t.is(
    foldedIn("Don't e-mail “l'Été”, example.org/A_b 1,5 → x²!").join(' '),
    'don t e mail l ete example org a b 1 5 x2',
  );
  const text = 'Ab — Cíd\u0301e, ef';
  t.deepEqual(
    wordsOf(text).map(({ start, end }) => text.slice(start, end)),
    ['Ab', 'Cíd\u0301e', 'ef'],
  );
  for (const nothing of ['', '   ', '…!?«»', '🎉👋🏽', '\0', '\ud800', '\u200d', '\u0301']) {
    t.deepEqual(wordsOf(nothing), [], JSON.stringify(nothing));
  }
});

test('SEARCH10 scripts without spaces have pairs of letters, and a letter keeps its marks', (t) => {
  t.deepEqual(foldedIn('東京都'), ['東京', '京都', '都']);
  t.deepEqual(foldedIn('東京タワーへ AKB48 字'), ['東京', '京タ', 'タワ', 'ワー', 'ーへ', 'へ', 'akb48', '字']);
  t.deepEqual(foldedIn('か\u3099き'), ['がき', 'き']);
  t.deepEqual(foldedIn('สวัสดี'), ['สวั', 'วัส', 'สดี', 'ดี']);
  t.deepEqual(foldedIn('서울에서'), [fold('서울에서')], 'Korean has spaces');
  t.deepEqual(
    wordsOf('in 東京').map(({ start, end, isPair }) => [start, end, isPair]),
    [
      [0, 2, false],
      [3, 5, true],
      [4, 5, true],
    ],
  );
});

test('I10 any text has words of letters, digits and marks alone, of a bounded length, in their order', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      let before = 0;
      for (const { text: word, start, end } of wordsOf(text)) {
        if (!/^[\p{L}\p{N}\p{M}]+$/u.test(word) || word.length > 2 * 64) return false;
        if (start < before || end <= start || end > text.length) return false;
        before = start;
      }
      return true;
    }),
  );
  t.is(fold('x'.repeat(1_000_000)).length, 64);
  t.is(fold('𐐀'.repeat(1_000)).length, 64);
  t.notRegex(fold(`a${'𐐀'.repeat(1_000)}`), /[\ud800-\udbff]$/);
});
