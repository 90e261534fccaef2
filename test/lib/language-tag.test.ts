import test from 'ava';
import { canonicalLanguage, directionOf } from '../../src/lib/language-tag.ts';

test('a language tag is taken in its canonical form, and anything else is none', (t) => {
  t.is(canonicalLanguage('en'), 'en');
  t.is(canonicalLanguage('PT-br'), 'pt-BR');
  t.is(canonicalLanguage('zh-hant-tw'), 'zh-Hant-TW');
  for (const bad of ['', 'e', 'english!', 'de_DE', '"><script>', '-', 'x'.repeat(36)]) {
    t.is(canonicalLanguage(bad), undefined, bad);
  }
});

test('a language is written in the direction of its script', (t) => {
  for (const language of ['ar', 'he', 'fa-IR', 'ur', 'ckb', 'dv', 'az-Arab'])
    t.is(directionOf(language), 'rtl', language);
  for (const language of ['en', 'ja', 'ru', 'az', 'ku-Latn', 'und']) t.is(directionOf(language), 'ltr', language);
});
