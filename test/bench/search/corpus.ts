/** Documents for `search`, written straight into the database: words come as often as in a language, the commonest in most texts. */
import { randomUUID } from 'node:crypto';
import type { Orm } from '../../../src/storage/postgres/orm.ts';
import { RULES, vectorsOf } from '../../../src/storage/postgres/search/vectors.ts';

const SYLLABLES = 'ba ce di fo gu hé ja ke lü mo na pi qo ra só tu ve wi xa yo zu'.split(' ');
const VOCABULARY = 30_000;
const WORDS_OF_A_TEXT = 300;
const WORDS_OF_A_TITLE = 6;
const BATCH = 500;

export interface Corpus {
  /** Has a grant on every document. */
  readonly everybodys: string;
  /** Has a grant on 200. */
  readonly fews: string;
  /** The word of a rank: 0 is in nearly every text, the last ones in some. */
  word(rank: number): string;
}

/** The same word for the same rank; no two ranks share one. */
export function wordOf(rank: number): string {
  const parts: string[] = [];
  for (let left = rank + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    parts.push(SYLLABLES[left % SYLLABLES.length] ?? '');
  }
  return parts.join('');
}

/** A repeatable drawing of ranks, each as often as its place in a language's list of words. */
function drawing(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(VOCABULARY ** (state / 2 ** 32)) - 1;
  };
}

const INSERT = `
  with rows as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[])
      as r(id, title, text, title_words, words, age)
  ), made as (
    insert into documents (id, title, owner_id, created_at) select id, title, $7, now() - age * interval '1 s' from rows
  ), granted as (
    insert into grants (document_id, user_id, level)
    select id, $7::uuid, 'own' from rows union all select id, $8::uuid, 'view' from rows where random() < $9::float8
  ), heads as (
    insert into draft_heads (document_id, edited_at) select id, now() - age * interval '1 s' from rows
  ), texts as (
    insert into draft_texts (document_id, seq, title, summary, text) select id, 1, title, '', text from rows
  )
  insert into draft_words (document_id, seq, rules, title, words)
  select id, 1, ${RULES}, title_words::tsvector, words::tsvector from rows where title_words is not null`;

/** @param unindexed how many of them have no words yet, as after an upgrade */
export async function writeCorpus(orm: Orm, documents: number, unindexed: number): Promise<Corpus> {
  const users = await orm.query<{ id: string }>(
    `insert into users (handle, password_hash, role) values ('all', '-', 'author'), ('few', '-', 'author') returning id`,
    [],
  );
  const [everybodys = '', fews = ''] = users.map(({ id }) => id);
  for (let from = 0; from < documents; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, documents - from) }, (_, index) => {
      const draw = drawing(from + index);
      const words = (count: number) => Array.from({ length: count }, () => wordOf(draw())).join(' ');
      const [title, text] = [words(WORDS_OF_A_TITLE), words(WORDS_OF_A_TEXT)];
      return { title, text, vectors: from + index < unindexed ? undefined : vectorsOf({ title, summary: '', text }) };
    });
    await orm.query(INSERT, [
      rows.map(() => randomUUID()),
      rows.map(({ title }) => title),
      rows.map(({ text }) => text),
      rows.map(({ vectors }) => vectors?.title ?? null),
      rows.map(({ vectors }) => vectors?.words ?? null),
      rows.map((_, index) => documents - from - index),
      everybodys,
      fews,
      200 / documents,
    ]);
  }
  return { everybodys, fews, word: wordOf };
}
