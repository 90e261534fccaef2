/** Which language a visitor gets, and which a document. */
import test from 'ava';
import { languageOf, preferredLanguage } from '../../src/messages/languages.ts';

const ALL = ['en', 'de', 'fr', 'es', 'ar'] as const;

test('MSG3 a page is shown in the language that its visitor prefers among those that it has', (t) => {
  t.is(preferredLanguage('de-AT,de;q=0.9,en;q=0.8', ALL), 'de');
  t.is(preferredLanguage('ja, fr;q=0.3, ar;q=0.7', ALL), 'ar');
  t.is(preferredLanguage('DE;q=0.1, Es ; q=0.2', ALL), 'es');
  t.is(preferredLanguage('fr, de', ['en', 'de']), 'de', 'a language that the page lacks is passed over');
  t.is(preferredLanguage('de;q=0, fr', ALL), 'fr', 'refused');
});

test('MSG3 a visitor whose languages the page lacks, or who names none, gets English', (t) => {
  for (const header of [null, '', '*', 'ja', 'pt-BR,pt;q=0.9', 'deutsch', ';q=1', 'de;q=0', ','.repeat(100_000)]) {
    t.is(preferredLanguage(header, ALL), 'en', header?.slice(0, 20));
  }
  t.is(preferredLanguage(`${'ja,'.repeat(100)}de`, ALL), 'en', 'only so many are looked at');
});

test("MSG3 what stands around a document is in the document's language, where there is one", (t) => {
  t.deepEqual(['de', 'de-CH', 'AR-eg', 'ja', 'deu', ''].map(languageOf), ['de', 'de', 'ar', 'en', 'en', 'en']);
});
