/**
 * A search takes one of three ways: documents of a user who has few are compared one by one, what an index found is looked up, or
 * joined with all that a user has. The ways find the same, in the same order, as a comparison that knows no database.
 */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { isTypoOf, mayHaveTypo } from '../../../../src/content/search/typos.ts';
import { RULES, vectorsOf } from '../../../../src/storage/postgres/search/vectors.ts';
import { searchingOf } from '../../../support/searching.ts';

/** The first one is in most texts. */
const WORDS = ['lamp', 'lamps', 'lampoon', 'lamb', 'light', 'harbour', 'harbor', 'harbuor', 'mast', 'storm'];
const DOCUMENTS = 2_600;

interface Made {
  id: string;
  title: string;
  text: string;
  editedAt: number;
}

/** Repeatable, the first words more often. */
function drawing(seed: number) {
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return { draw, word: () => WORDS[Math.min(draw(WORDS.length), draw(WORDS.length), draw(WORDS.length))] ?? '' };
}

const INSERT = `
  with rows as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::text[])
      as r(id, title, text, edited, title_words, words)
  ), made as (
    insert into documents (id, title, owner_id) select id, title, $7 from rows
  ), heads as (
    insert into draft_heads (document_id, edited_at) select id, to_timestamp(edited / 1000) from rows
  ), texts as (
    insert into draft_texts (document_id, seq, title, summary, text) select id, 1, title, '', text from rows
  )
  insert into draft_words (document_id, seq, rules, title, words)
  select id, 1, ${RULES}, title_words::tsvector, words::tsvector from rows`;

type Fits = (typed: string, word: string) => boolean;
const FITS: readonly Fits[] = [
  (typed, word) => word === typed,
  (typed, word) => word.startsWith(typed),
  (typed, word) => word.startsWith(typed) || (mayHaveTypo(typed) && isTypoOf(typed, word)),
];

/** Titles in the order in which a search is to show them. */
function expected(documents: readonly Made[], used: ReadonlyMap<string, number>, query: string): string[] {
  const parts = query.split(' ');
  const wanted = parts.filter((part) => !part.startsWith('-'));
  const unwanted = parts.filter((part) => part.startsWith('-')).map((part) => part.slice(1));
  const placed = (ways: readonly Fits[]) =>
    documents.flatMap((document) => {
      const [title, all] = [document.title.split(' '), `${document.title} ${document.text}`.split(' ')];
      if (unwanted.some((word) => all.includes(word))) return [];
      const way = (words: readonly string[]) =>
        ways.findIndex((fits) => wanted.every((typed) => words.some((word) => fits(typed, word))));
      const [inTitle, inAll] = [way(title), way(all)];
      const place = inTitle >= 0 ? inTitle : inAll >= 0 ? 3 + inAll : undefined;
      const at = used.get(document.id);
      return place === undefined
        ? []
        : [{ document, place: place * 2 + (at === undefined ? 1 : 0), at: at ?? document.editedAt }];
    });
  const strict = placed(FITS.slice(0, 2));
  return (strict.length < 10 ? placed(FITS) : strict)
    .toSorted((a, b) => a.place - b.place || b.at - a.at)
    .map(({ document }) => document.id);
}

test('SEARCH2 SEARCH8 whoever has few documents, many, or many that match finds the same as a plain comparison, page by page', async (t) => {
  t.timeout(180_000);
  const { documents, person, sql } = await searchingOf(t);
  const seed = 4_711;
  const { draw, word } = drawing(seed);
  const words = (count: number) => Array.from({ length: count }, word).join(' ');
  const made: Made[] = Array.from({ length: DOCUMENTS }, (_, n) => ({
    id: randomUUID(),
    title: words(2),
    text: words(6),
    editedAt: 1_700_000_000_000 + n * 1_000,
  }));
  const owner = await person();
  const vectors = made.map(({ title, text }) => vectorsOf({ title, summary: '', text }));
  await sql(INSERT, [
    made.map(({ id }) => id),
    made.map(({ title }) => title),
    made.map(({ text }) => text),
    made.map(({ editedAt }) => editedAt),
    vectors.map((vector) => vector.title),
    vectors.map((vector) => vector.words),
    owner.userId,
  ]);
  for (const [share, page] of [
    [1, 200],
    [0.2, 50],
    [0.05, 7],
    [0.003, 3],
  ] as const) {
    const user = await person();
    const own = made.filter(() => draw(1_000) < share * 1_000);
    const used = new Map(own.filter(() => draw(4) === 0).map(({ id }, n) => [id, 1_800_000_000_000 + n * 1_000]));
    await sql(`insert into grants (document_id, user_id, level) select id, $2, 'view' from unnest($1::uuid[]) as id`, [
      own.map(({ id }) => id),
      user.userId,
    ]);
    await sql(
      `insert into document_uses (user_id, document_id, used_at)
       select $3, id, to_timestamp(at / 1000) from unnest($1::uuid[], $2::float8[]) as u(id, at)`,
      [[...used.keys()], [...used.values()], user.userId],
    );
    for (const query of [
      'lamp',
      'lam',
      'lamp light',
      'storm -lamp',
      'harbuor',
      'hrbour',
      'lamp mast storm',
      'stormy',
      'mats',
    ]) {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const list = await documents.list(user.userId, { limit: page, after, q: query });
        found.push(...list.documents.map(({ id }) => id));
        after = list.next;
      } while (after !== undefined && found.length < 1_000);
      const wanted = expected(own, used, query);
      t.deepEqual(found, wanted.slice(0, found.length), `seed ${seed}, ${own.length} documents, ${query}`);
      t.true(found.length >= Math.min(wanted.length, 1_000), query);
    }
  }
});
