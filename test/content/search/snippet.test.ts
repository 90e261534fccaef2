/** What a list of results shows of a title and a text. */
import test from 'ava';
import fc from 'fast-check';
import { matcherOf } from '../../../src/content/search/matches.ts';
import { parseQuery } from '../../../src/content/search/query.ts';
import { marked, type Segment, snippetOf } from '../../../src/content/search/snippet.ts';

const matcher = (query: string, withTypos = false) => matcherOf(parseQuery(query), withTypos);
/** Matches in brackets. */
const written = (segments: readonly Segment[]) =>
  segments.map(({ text, match }) => (match ? `[${text}]` : text)).join('');
const titleOf = (title: string, query: string, withTypos = false) => written(marked(title, matcher(query, withTypos)));
const textOf = (text: string, query: string, withTypos = false) => written(snippetOf(text, matcher(query, withTypos)));

test('SEARCH9 titles show the words that were found, as they are written', (t) => {
  t.is(titleOf('Storm Ciarán batters the coast', 'ciaran'), 'Storm [Ciarán] batters the coast');
  t.is(titleOf('The Harbour', 'harb'), 'The [Harbour]');
  t.is(titleOf('The Harbour', 'harbuor'), 'The Harbour');
  t.is(titleOf('The Harbour', 'harbuor', true), 'The [Harbour]');
  t.is(titleOf('I don’t know the don', "don't"), 'I [don’t] know the don');
  t.is(titleOf('Rest in the marshes, the rest', '"rest in the"'), '[Rest in the] marshes, the rest');
  t.is(titleOf('Hail', 'h'), '[Hail]', 'one letter begins a word of a title');
  t.is(titleOf('京都と東京都', '東京都'), '京都と[東京都]');
  t.is(titleOf('東京の東', '東'), '[東]京の[東]');
  t.is(titleOf('Cranes', '-storm'), 'Cranes');
  t.deepEqual(marked('', matcher('x')), []);
});

test('SEARCH9 of a text the part with most of the words is shown, cut between words', (t) => {
  const filler = 'and the wind blew from the west all day '.repeat(20);
  const text = `The harbour. ${filler}At four the lighthouse and the harbour master met. ${filler}`;
  const shown = textOf(text, 'harbour lighthouse');
  t.true(shown.includes('the [lighthouse] and the [harbour] master'), shown);
  t.regex(shown, /^…[a-zA-Z]+ .* [a-zA-Z]+…$/);
  t.true(shown.length < 260, String(shown.length));
  t.is(textOf('A lamp.\n\n> was\tlit  at four', 'four'), 'A lamp. > was lit at [four]');
  t.is(textOf('Only this.', 'elsewhere'), 'Only this.', 'the beginning, when the title matched');
  t.is(textOf('h harbour', 'h'), '[h] harbour', 'one letter is a word of a text');
  t.is(textOf('', 'x'), '');
});

test('SEARCH9 I10 any text comes in pieces that join to a bounded part of it', (t) => {
  const letters = fc.constantFrom('a', 'b', ' ', 'é', '字', '😀', 'e\u0301', '\n', '-', '\ud800', 'क', 'ि');
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 600 }),
      fc.constantFrom('a', 'ab b', '字', 'aaaa', 'e -b'),
      (parts, query) => {
        const text = parts.join('');
        for (const withTypos of [false, true]) {
          const pieces = snippetOf(text, matcher(query, withTypos));
          const plain = pieces.map((piece) => piece.text).join('');
          const inner = plain.replace(/^…|…$/g, '');
          if (!text.replace(/\s+/g, ' ').includes(inner) || plain.length > 260) return false;
          if (
            pieces.some(({ text: piece }, index) => piece === '' || pieces[index - 1]?.match === pieces[index]?.match)
          )
            return false;
          const title = marked(text, matcher(query, withTypos));
          if (title.map((piece) => piece.text).join('') !== text) return false;
        }
        return true;
      },
    ),
  );
  t.true(textOf(`${'x'.repeat(200_000)} y`, 'xxx').length < 260);
  t.true(textOf('a '.repeat(50_000), 'a').length < 500);
});
