// Slugs made of titles, in any script and in ASCII; and what a slug may be.
import test from 'ava';
import fc from 'fast-check';
import { isSlug, MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS, SLUG_PATTERN } from '../../../schemas/slug.ts';
import { documentPath, slugInPath } from '../../../src/content/slug/address.ts';
import { asciiSlugOf } from '../../../src/content/slug/ascii-slug.ts';
import { normalSlug, numberedSlug, slugOf } from '../../../src/content/slug/slug-of.ts';

test('ADDR1 a title keeps its letters in every script, and in ASCII becomes what can be typed anywhere', async (t) => {
  const titles: Record<string, [unicode: string, ascii: string]> = {
    'Storm Ciarán batters the coast': ['storm-ciarán-batters-the-coast', 'storm-ciaran-batters-the-coast'],
    '  Über uns – Größe! ': ['über-uns-größe', 'uber-uns-grosse'],
    'عاصفة تضرب الساحل': ['عاصفة-تضرب-الساحل', 'sfh-tdrb-lshl'],
    東京タワーの夜: ['東京タワーの夜', 'dongjingtawanoye'],
    'Москва слезам не верит': ['москва-слезам-не-верит', 'moskva-slezam-ne-verit'],
    'हिन्दी समाचार': ['हिन्दी-समाचार', 'hindi-smacar'],
    ΟΔΟΣ: ['οδος', 'odos'],
    İstanbul: ['istanbul', 'istanbul'],
    'Don’t “stop” it': ['dont-stop-it', 'dont-stop-it'],
    'ｆｕｌｌ ｗｉｄｔｈ ①': ['full-width-1', 'full-width-1'],
    '☎️ call 🎉': ['call', 'call'],
    'me\u0301moire': ['mémoire', 'memoire'],
    'می\u200cخواهم': ['می-خواهم', 'my-khwhm'],
    '\u3164\u200b !!!': ['', ''],
  };
  for (const [title, [unicode, ascii]] of Object.entries(titles)) {
    t.is(slugOf(title), unicode);
    t.is(await asciiSlugOf(title), ascii);
  }
});

test('ADDR1 a long title is cut between words, else between letters, and a number still has room', (t) => {
  t.is(slugOf(`${'word '.repeat(40)}`), Array(16).fill('word').join('-'));
  t.is(slugOf('a'.repeat(300)), 'a'.repeat(80));
  t.is(slugOf('東'.repeat(300)), '東'.repeat(66));
  t.is(slugOf('e\u0301'.repeat(300)), 'é'.repeat(80));
  t.is(slugOf('ก\u0e34'.repeat(60)), 'ก\u0e34'.repeat(33), 'no letter loses its mark');
  t.is(numberedSlug('storm', 2), 'storm-2');
  t.is(numberedSlug('a'.repeat(80), 12), `${'a'.repeat(77)}-12`);
  t.is(numberedSlug(slugOf('東'.repeat(300)), 12), `${'東'.repeat(65)}-12`);
});

test('ADDR1 I9 every slug that is made may be one, whatever the title is', async (t) => {
  const title = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom('a', 'É', '-', ' ', '\u0301', '\u200d', 'ß', 'か\u3099', '\ufe0f', '한', '𝒜', '\ud800'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(title, async (text) => {
      for (const slug of [slugOf(text), await asciiSlugOf(text)]) {
        if (slug === '') continue;
        t.true(isSlug(slug) && isSlug(numberedSlug(slug, 1_000_000)), JSON.stringify([text, slug]));
        t.is(slugOf(slug), slug);
        t.is(normalSlug(slug), slug);
        t.true([...slug].length <= MAX_SLUG_CHARACTERS && Buffer.byteLength(slug) <= MAX_SLUG_BYTES);
        t.is(slugInPath(documentPath(slug).slice('/d/'.length)), slug);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('ADDR1 I10 what could be mistaken for another slug is none', (t) => {
  for (const slug of ['a', 'a--b', '7', 'größe', '東京', 'עברית-2', 'हिन्दी']) {
    t.true(isSlug(slug) && new RegExp(SLUG_PATTERN, 'u').test(slug), slug);
  }
  const none = [
    '',
    '-',
    'a-',
    '-a',
    'A',
    'Größe',
    'a b',
    'a_b',
    'a/b',
    '../a',
    'a%20b',
    'a\0',
    'a.b',
    'gro\u0308ße',
    'a\u200bb',
    'a\u202eb',
    '\u0301a',
    'a-\u0301',
    'Ǆ',
    '\ud800',
    'a'.repeat(81),
    '東'.repeat(67),
    `a${'\u0301\u0316'.repeat(60)}`,
  ];
  for (const slug of none) t.false(isSlug(slug), JSON.stringify(slug));
});

test('ADDR4 every form of a slug in an address leads to the one that is stored', (t) => {
  t.is(documentPath('größe'), '/d/gr%C3%B6%C3%9Fe');
  for (const form of ['größe', 'gro\u0308ße', 'GRÖße', 'gr%c3%b6%C3%9Fe', '%67röße']) {
    t.is(normalSlug(slugInPath(form) ?? ''), 'größe', form);
  }
  for (const form of ['%', '%ff', '%C3', '%2e%2e', '..', 'a%2Fb', 'a%00'])
    t.is(normalSlug(slugInPath(form) ?? ''), undefined, form);
});
