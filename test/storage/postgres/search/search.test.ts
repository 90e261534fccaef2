/** What a search finds, in which order and with what it shows; and that nobody else's text has a part in it. */
import test from 'ava';
import { markedText, searchingOf } from '../../../support/searching.ts';

const CORPUS: readonly (readonly [title: string, text: string])[] = [
  ['Storm Ciarán batters the coast', 'Waves broke over the harbour wall at Brest.'],
  ['Harbour news', 'Nothing was landed.'],
  ['Größe und Maß', 'Ein Straßenbild.'],
  ['東京タワーの夜', '京都の朝は早い。東京都民'],
  ['عاصفة تضرب الساحل', 'الكِتَاب الأخير'],
  ['Prices', 'The harpist played.'],
];

test('SEARCH1 SEARCH6 SEARCH10 words are found by their beginnings, without accents and case, in every script', async (t) => {
  const { person, titles, written } = await searchingOf(t);
  const ann = await person();
  for (const [title, text] of CORPUS) await written(ann, title, text);
  const finds: Record<string, string[]> = {
    harb: ['Harbour news', 'Storm Ciarán batters the coast'],
    Ciaran: ['Storm Ciarán batters the coast'],
    CIARÁN: ['Storm Ciarán batters the coast'],
    'coast brest': ['Storm Ciarán batters the coast'],
    groß: ['Größe und Maß'],
    'grosse mass': ['Größe und Maß'],
    strassen: ['Größe und Maß'],
    東京: ['東京タワーの夜'],
    タワ: ['東京タワーの夜'],
    民: ['東京タワーの夜'],
    東京都: ['東京タワーの夜'],
    京東: [],
    عاصفه: ['عاصفة تضرب الساحل'],
    الكتاب: ['عاصفة تضرب الساحل'],
    الساح: ['عاصفة تضرب الساحل'],
    'harbour -ciaran': ['Harbour news'],
    '"harbour wall"': ['Storm Ciarán batters the coast'],
    '"harb wall"': [],
    '"wall harbour"': [],
    '-harbour -storm -tower -prices -تضرب -東京': ['Größe und Maß'],
    p: ['Prices'],
    '!!!': [],
  };
  for (const [query, expected] of Object.entries(finds)) t.deepEqual(await titles(ann, query), expected, query);
});

test('SEARCH7 a word with a typing error is found where little else is, and numbers are not', async (t) => {
  const { person, titles, written } = await searchingOf(t);
  const ann = await person();
  for (const [title, text] of CORPUS) await written(ann, title, text);
  await written(ann, 'The budget of 2026');
  for (const typed of ['harbuor news', 'harbor news', 'hatbour news', 'haarbour newss', 'arbour nwes']) {
    t.deepEqual(await titles(ann, typed), ['Harbour news'], typed);
  }
  t.deepEqual(await titles(ann, 'Ciaarn storn'), ['Storm Ciarán batters the coast']);
  t.deepEqual(await titles(ann, 'grösze'), ['Größe und Maß']);
  t.deepEqual(await titles(ann, 'الساحال'), ['عاصفة تضرب الساحل']);
  t.deepEqual(await titles(ann, 'harpost'), ['Prices']);
  t.deepEqual(await titles(ann, '2027'), []);
  t.deepEqual(await titles(ann, '"harbuor wall"'), [], 'a phrase is meant as it is');
  for (let n = 0; n < 10; n += 1) await written(ann, `Harp ${n}`);
  t.is((await titles(ann, 'harp')).length, 11, 'with enough results, nothing else: the harpist, not hard or sharp');
  await written(ann, 'Hard');
  t.false((await titles(ann, 'harp')).includes('Hard'));
});

test('SEARCH8 titles come before texts, whole words before beginnings before typing errors, then what was used last', async (t) => {
  const { person, titles, use, written } = await searchingOf(t);
  const ann = await person();
  const ids: Record<string, string> = {};
  for (const [name, title, text] of [
    ['typo in text', 'A', 'She sells seashells in the harbuor'],
    ['beginning in text', 'B', 'harbours'],
    ['word in text', 'C', 'the harbour'],
    ['typo in title', 'The harbor', ''],
    ['beginning in title', 'Harbourmaster', ''],
    ['word in title', 'Harbour', ''],
  ] as const)
    ids[name] = await written(ann, title, text);
  const byKind = ['Harbour', 'Harbourmaster', 'The harbor', 'C', 'B', 'A'];
  t.deepEqual(await titles(ann, 'harbour'), byKind);
  for (const id of Object.values(ids).toReversed()) await use(ann, id);
  t.deepEqual(await titles(ann, 'harbour'), byKind, 'use decides among equals only');

  const equal: string[] = [];
  for (const title of ['Lamp one', 'Lamp two', 'Lamp three', 'Lamp four']) equal.push(await written(ann, title));
  const [one = '', , three = ''] = equal;
  t.deepEqual(await titles(ann, 'lamp'), ['Lamp four', 'Lamp three', 'Lamp two', 'Lamp one'], 'edited last');
  await use(ann, three);
  await use(ann, one);
  t.deepEqual(await titles(ann, 'lamp'), ['Lamp one', 'Lamp three', 'Lamp four', 'Lamp two']);
});

test('SEARCH8 what somebody else opens and edits changes nothing of an order by one’s own use', async (t) => {
  const { grant, person, sql, titles, use, written } = await searchingOf(t);
  const [ann, ben] = [await person(), await person()];
  const [first, second] = [await written(ann, 'Lamp one'), await written(ann, 'Lamp two')];
  for (const id of [first, second]) await grant(ann, id, ben, 'view');
  await use(ann, first);
  await use(ben, second);
  t.deepEqual(await titles(ann, 'lamp'), ['Lamp one', 'Lamp two']);
  t.deepEqual(await titles(ben, 'lamp'), ['Lamp two', 'Lamp one']);
  const stranger = await person();
  await use(stranger, first);
  t.is((await sql('select from document_uses')).length, 2, 'a use without a grant is none');
  await use(ann, second);
  t.is((await sql('select from document_uses')).length, 3);
});

test('SEARCH9 results show where they match, in the title and in the part of the text that says most', async (t) => {
  const { person, search, written } = await searchingOf(t);
  const ann = await person();
  const filler = 'The wind blew from the west. '.repeat(400);
  await written(ann, 'Storm Ciarán', `${filler}At four the harbour of Brest was closed.${filler}`, 'What we know');
  const match = async (q: string) => {
    const [found] = await search(ann, q);
    return [markedText(found?.match?.title), markedText(found?.match?.snippet)];
  };
  t.deepEqual((await match('ciaran'))[0], 'Storm [Ciarán]');
  t.regex((await match('ciaran'))[1] ?? '', /^What we know The wind blew/);
  t.regex((await match('harb bres'))[1] ?? '', /^….*At four the \[harbour\] of \[Brest\] was closed\..*…$/);
  t.regex((await match('harbuor'))[1] ?? '', /the \[harbour\] of Brest/);
  t.regex((await match('know'))[1] ?? '', /^What we \[know\] The/);
});

test('SEARCH8 pages of a search have each document once, in the order of the whole, with typing errors and without', async (t) => {
  const { documents, person, titles, use, written } = await searchingOf(t);
  const ann = await person();
  for (let n = 0; n < 23; n += 1) {
    const id = await written(ann, n % 3 === 0 ? `Lantern ${n}` : `Note ${n}`, n % 3 === 1 ? 'a lantern' : 'lanterns');
    if (n % 4 === 0) await use(ann, id);
  }
  for (let n = 0; n < 4; n += 1) await written(ann, `Harbour ${n}`);
  for (const q of ['lantern', 'lan', 'harbuor', '-note']) {
    const whole = await titles(ann, q);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await documents.list(ann.userId, { limit: 2, after, q });
      t.true(page.documents.length <= 2);
      seen.push(...page.documents.map(({ title }) => title));
      after = page.next;
    } while (after !== undefined);
    t.true(whole.length > 3, q);
    t.deepEqual(seen, whole, q);
  }
});

test('I6 SEARCH2 private text of others changes nothing: not what is found, nor its order, nor what typing errors find', async (t) => {
  const { documents, grant, person, sql, titles, search, written, write } = await searchingOf(t);
  const [ann, ben] = [await person(), await person()];
  for (const [title, text] of CORPUS) await written(ann, title, text);
  for (let n = 0; n < 12; n += 1) await written(ann, `Lamp ${n}`, 'The lamplight fell on the lamb.');
  const queries = ['harb', 'harbuor', 'harbxur', 'lamp', 'lamb', 'lmap', 'h', '東京', '-storm', 'xyzzy', 'Ciaran'];
  const answers = async () => {
    const all: unknown[] = [];
    for (const q of queries) {
      for (const limit of [2, 50]) all.push(await documents.list(ann.userId, { limit, after: undefined, q }));
    }
    return all;
  };
  const alone = await answers();
  // All that is one error away from what ann looks for, many times, in titles and texts.
  const near = [
    'harbuor',
    'harbour',
    'harbor',
    'harbuur',
    'xyzzy',
    'ciaran',
    '東京',
    'lamp',
    'lamb',
    'lmap',
    'hxrbuor',
  ];
  for (let n = 0; n < 40; n += 1) {
    const id = await written(ben, near.join(' '), near.map((word) => `${word} ${word}${n}`).join(' '));
    if (n === 0) await documents.change(ben.actor, id, { visibility: 'public' });
  }
  t.deepEqual(await answers(), alone);
  t.true((await titles(ben, 'xyzzy')).length > 20);

  const shared = await written(ben, 'Shared', 'the secret word is plugh');
  await grant(ben, shared, ann, 'view');
  t.deepEqual(await titles(ann, 'plugh'), ['Shared']);
  await write(shared, 'the secret word is plover', 'Shared');
  t.deepEqual(await titles(ann, 'plugh'), []);
  await sql('delete from grants where document_id = $1 and user_id = $2', [shared, ann.userId]);
  t.deepEqual(await search(ann, 'plover'), []);
  t.deepEqual(await answers(), alone);
});

test('SEARCH2 filters hold for searches too', async (t) => {
  const { documents, person, titles, written } = await searchingOf(t);
  const ann = await person();
  const [open, gone] = [await written(ann, 'Lamp public'), await written(ann, 'Lamp deleted')];
  await written(ann, 'Lamp private');
  await documents.change(ann.actor, open, { visibility: 'public' });
  await documents.remove(ann.actor, gone);
  t.deepEqual(await titles(ann, 'lamp'), ['Lamp private', 'Lamp public']);
  t.deepEqual(await titles(ann, 'lamp', { visibility: 'public' }), ['Lamp public']);
  t.deepEqual(await titles(ann, 'lamp', { state: 'deleted' }), ['Lamp deleted']);
  t.deepEqual(await titles(ann, 'lamp', { state: 'published' }), []);
  t.deepEqual(await titles(ann, 'lamp', { role: 'view' }), []);
});

test('I9 I10 whatever is searched for is searched in bounded time, and refused by nothing', async (t) => {
  const { person, search, written } = await searchingOf(t);
  const ann = await person();
  await written(ann, 'Harbour', 'x'.repeat(100_000));
  await written(ann, 'Many', Array.from({ length: 20_000 }, (_, n) => n.toString(36)).join(' '));
  await written(
    ann,
    '字'.repeat(100),
    Array.from({ length: 100_000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * n) % 20_000))).join(''),
  );
  const odd = [
    'x'.repeat(10_000),
    'harbour '.repeat(1_000),
    Array.from({ length: 12 }, (_, n) => 'abcdefghijklmnopqrstuvwx'.slice(n % 3)).join(' '),
    'a b c d e f g h i j k l m n o p',
    '字'.repeat(5_000),
    '"'.repeat(999),
    '-'.repeat(999),
    `${"'".repeat(50)}\\:*&|!<->()`,
    '\0\ud800\u202e\u200b',
    'क'.repeat(24),
    '\u1112'.repeat(300),
    '-harbour -many -"x y z" -字',
  ];
  for (const q of odd) await t.notThrowsAsync(search(ann, q), q.slice(0, 30));
  t.is((await search(ann, 'x'.repeat(70))).length, 1, 'a long word by its beginning');
  t.is((await search(ann, 'Many 1z3')).length, 1);
});
