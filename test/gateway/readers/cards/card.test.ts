/** The picture of a document: what it shows of a title, and that it is a picture. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { cardSvg } from '../../../../src/gateway/readers/cards/card.ts';
import drawCard from '../../../../src/gateway/readers/cards/card-tasks.ts';
import { readFontTable } from '../../../../src/gateway/readers/cards/font-table.ts';
import { cardFonts } from '../../../../src/gateway/readers/cards/fonts.ts';

const fontFiles = cardFonts([]);
const tables = fontFiles.map((path) => readFontTable(readFileSync(path)));
const svgOf = (title: string, siteName = 'Field & Fen', language = 'en') =>
  cardSvg({ title, siteName, language }, tables);
/** The lines of a card, without marks of direction. */
const textsOf = (svg: string) =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text.replace(/[\u202b\u202c]/g, ''));

test('a font knows which characters it has, and how wide they are', (t) => {
  const [latin, arabic, hebrew, japanese] = tables;
  t.true((latin?.widthOf(0x57) ?? 0) > (latin?.widthOf(0x69) ?? 1), 'W is wider than i');
  t.is(latin?.widthOf(0x0639), undefined);
  t.is(typeof arabic?.widthOf(0x0639), 'number');
  t.is(typeof hebrew?.widthOf(0x05d0), 'number');
  t.is(japanese?.widthOf(0x98a8), 1, 'ideographs are square');
  t.is(japanese?.widthOf(0x10ffff), undefined);
  t.throws(() => readFontTable(new Uint8Array(64)), { instanceOf: TypeError });
  t.throws(() => readFontTable(new Uint8Array(3)), { instanceOf: RangeError });
});

test('a card has the site’s name and the title', (t) => {
  t.deepEqual(textsOf(svgOf('Cranes in the north')), ['Field &amp; Fen', 'Cranes in the north']);
  for (const [title, language] of [
    ['العاصفة تضرب الساحل', 'ar'],
    ['הסערה הגיעה', 'he'],
    ['台風が沿岸を襲う', 'ja'],
    ['Шторм на побережье', 'ru'],
    ['Καταιγίδα στην ακτή', 'el'],
  ] as const) {
    const [name, ...lines] = textsOf(svgOf(title, 'Fen', language));
    t.deepEqual([name, lines.join(' ')], ['Fen', title]);
  }
});

test('a title from right to left is set so', (t) => {
  const svg = svgOf('العاصفة 2026!');
  t.is(svg.match(/text-anchor="end"/g)?.length, 2);
  t.true(svg.includes('>\u202bالعاصفة 2026!\u202c<'));
  t.false(svgOf('Cranes العاصفة').includes('text-anchor="end"'));
});

test('letters that no font has leave the site’s name alone, signs that no font has leave the title', (t) => {
  t.deepEqual(textsOf(svgOf('폭풍')), ['Field &amp; Fen']);
  t.deepEqual(textsOf(svgOf(' ')), ['Field &amp; Fen']);
  t.deepEqual(textsOf(svgOf('Cranes 🚀 fly ✓ 👩‍🚀')), ['Field &amp; Fen', 'Cranes fly']);
});

test('XSS3 I10 hostile titles are text, and make a picture', (t) => {
  const hostile = [
    '</text><image href="file:///etc/passwd"/>',
    '&xxe; ]]> \u0000\ud800\uffff \u202e',
    'a'.repeat(300),
    '\u0301'.repeat(300),
  ];
  for (const title of hostile) {
    t.notRegex(svgOf(title), /<image|<!|\p{Cc}/u, title);
    const png = drawCard({ title, siteName: title, language: 'en', fontFiles });
    t.is(Buffer.from(png.subarray(1, 4)).toString(), 'PNG', title);
  }
});

test('a card is a picture of 1200 by 630 pixels in which the title can be seen', (t) => {
  const draw = (title: string, language: string) =>
    Buffer.from(drawCard({ title, siteName: 'Fen', language, fontFiles }));
  const plain = draw('', 'en');
  for (const [title, language] of [
    ['Cranes', 'en'],
    ['العاصفة', 'ar'],
    ['台風', 'ja'],
  ] as const) {
    const png = draw(title, language);
    t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1_200, 630]);
    t.notDeepEqual(png, plain);
    t.true(png.length < 100_000);
  }
});
