/** The catalogues of each language: as whole as the English ones, and by the rules of the language. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { READERS, SHELLS } from '../../src/messages/catalogues.ts';
import { type ByLanguage, LANGUAGES, languagesOf } from '../../src/messages/languages.ts';
import { ROOT } from '../support/root.ts';

const MESSAGES = join(ROOT, 'src/messages');
/** Numbers that have forms of their own in one of the languages. */
const NUMBERS = [0, 1, 2, 3, 11, 100, 1_204, 1_000_000];

const read = async (language: string, file: string): Promise<object> =>
  (await import(new URL(`../../src/messages/${language}/${file}`, import.meta.url).href)) as object;
const catalogues = (language: string): string[] => readdirSync(join(MESSAGES, language)).toSorted();

/** Every text by its path, a function by its name alone. */
function shapeOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, one]) => shapeOf(one, `${path}.${key}`));
}

/** Texts, and what functions of numbers make of some. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return NUMBERS.map((number) => JSON.stringify(value(number, number)));
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

test('MSG2 a language is a folder, and has no page that English has not', (t) => {
  const folders = readdirSync(MESSAGES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.deepEqual(folders.map(({ name }) => name).sort(), [...LANGUAGES].sort());
  for (const language of LANGUAGES)
    t.deepEqual(
      catalogues(language).filter((file) => !catalogues('en').includes(file)),
      [],
    );
});

test('MSG2 a catalogue has every text of the English one and no other', async (t) => {
  for (const language of LANGUAGES.filter((one) => one !== 'en')) {
    for (const file of catalogues(language).filter((one) => one !== 'server.ts')) {
      t.deepEqual(shapeOf(await read(language, file), file), shapeOf(await read('en', file), file), language);
    }
  }
});

test('MSG2 no text is empty, whatever the number in it', async (t) => {
  for (const language of LANGUAGES) {
    for (const file of catalogues(language).filter((one) => one !== 'locale.ts')) {
      for (const text of textsOf(await read(language, file))) {
        t.notRegex(text, /^(?:"")?$|undefined|NaN/, `${language}/${file}`);
      }
    }
  }
});

test('MSG2 the server has the texts of each page in the languages that the page has', (t) => {
  for (const [page, texts] of Object.entries(SHELLS) as [string, ByLanguage<unknown>][]) {
    t.deepEqual(
      languagesOf(texts),
      LANGUAGES.filter((language) => catalogues(language).includes(`${page}.ts`)),
      page,
    );
  }
});

test('MSG4 numbers, plurals and dates are those of the language', async (t) => {
  const { frame: arabic } = await import('../../src/messages/ar/reading.ts');
  t.is(arabic.readers(2), 'شخصان يقرآن الآن');
  t.regex(arabic.readers(3), /^3 أشخاص/);
  t.regex(arabic.readers(11), /^11 شخصًا/);
  const { counts: french } = await import('../../src/messages/fr/common.ts');
  t.deepEqual([0, 1, 2].map(french.views), ['0 vue', '1 vue', '2 vues'], 'French counts nothing as one');
  const { number } = await import('../../src/messages/de/locale.ts');
  t.is(number(1_204), '1.204');
  const dates = LANGUAGES.map((language) =>
    new Date('2026-05-03T12:00:00Z').toLocaleDateString(READERS[language].locale, {
      dateStyle: 'long',
      timeZone: 'UTC',
    }),
  );
  t.deepEqual(dates, ['3 May 2026', '3. Mai 2026', '3 mai 2026', '3 de mayo de 2026', '3 مايو 2026']);
});
