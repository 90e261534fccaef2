/**
 * `search`: how long the first page of a search takes among many documents, beside search as it was before (`before.ts`), in
 * alternation on one database: for a user who has all documents and for one who has 200. Snippets and marks count for the present
 * one alone. Not measured: HTTP, other load, memory that is too small for the indexes. And how fast an upgrade is indexed.
 */
import { performance } from 'node:perf_hooks';
import { createDocumentStore } from '../../../src/storage/postgres/accounts/documents.ts';
import { migrate } from '../../../src/storage/postgres/migrate.ts';
import { createOrm } from '../../../src/storage/postgres/orm.ts';
import { createDraftTextStore } from '../../../src/storage/postgres/publishing/texts.ts';
import { startPostgres } from '../../support/services.ts';
import { silentLog } from '../../support/silent-log.ts';
import { quantile } from '../support/process-cost.ts';
import { searchBefore } from './before.ts';
import { type Corpus, writeCorpus } from './corpus.ts';

export interface SearchOptions {
  documents: number;
  rounds: number;
}

const PAGE = 25;
/** Documents that are left to be indexed, for that figure. */
const UNINDEXED = 2_000;

/** Searches by what they are of; `both` contenders can do some of them. */
const QUERIES: readonly { name: string; both: boolean; of(word: Corpus['word'], round: number): string }[] = [
  { name: 'a word of most texts', both: true, of: (word, round) => word(round % 10) },
  { name: 'a word of some texts', both: true, of: (word, round) => word(200 + round) },
  { name: 'a rare word', both: true, of: (word, round) => word(20_000 + round * 7) },
  { name: 'a word that is nowhere', both: true, of: (_, round) => `nowhere${round}` },
  { name: 'three words', both: true, of: (word, round) => `${word(round)} ${word(50 + round)} ${word(300 + round)}` },
  { name: 'a phrase', both: true, of: (word, round) => `"${word(round % 20)} ${word((round * 3) % 20)}"` },
  { name: 'a beginning of three letters', both: false, of: (word, round) => word(2_000 + round).slice(0, 3) },
  { name: 'one letter', both: false, of: (word, round) => word(round).slice(0, 1) },
  {
    name: 'without accents',
    both: false,
    of: (word, round) =>
      word(5_000 + round)
        .normalize('NFD')
        .replace(/\p{M}/gu, ''),
  },
  { name: 'a typing error', both: false, of: (word, round) => `x${word(15_000 + round * 7)}` },
  {
    name: 'three typing errors',
    both: false,
    of: (word, round) => [1, 2, 3].map((n) => `x${word(9_000 * n + round)}`).join(' '),
  },
];

const rounded = (value: number) => Number(value.toFixed(2));

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

export async function search({ documents, rounds }: SearchOptions): Promise<void> {
  const postgres = await startPostgres();
  const orm = await createOrm({ databaseUrl: await postgres.createDatabase(), log: silentLog, poolSize: 4 });
  try {
    await migrate(orm, silentLog);
    const corpus = await writeCorpus(orm, documents, UNINDEXED);
    const texts = createDraftTextStore(orm);
    const indexedMs = await timed(async () => {
      for (let after: string | undefined, isMore = true; isMore; ) {
        ({ last: after } = await texts.index(after));
        isMore = after !== undefined;
      }
    });
    console.log(JSON.stringify({ documents, indexedPerSecond: Math.round(UNINDEXED / (indexedMs / 1_000)) }));
    await orm.query('vacuum analyze', []);
    const [sizes] = await orm.query<Record<string, number>>(
      `select pg_relation_size('draft_texts_search_index') / 1048576 as "mibOfIndexBefore",
              pg_relation_size('draft_words_words_index') / 1048576 as "mibOfIndex",
              pg_table_size('draft_words') / 1048576 as "mibOfWords", pg_table_size('draft_texts') / 1048576 as "mibOfTexts"`,
      [],
    );
    console.log(JSON.stringify(sizes));
    const store = createDocumentStore(orm, { now: Date.now });
    for (const [who, userId] of [
      ['all', corpus.everybodys],
      ['200', corpus.fews],
    ] as const) {
      for (const { name, both, of } of QUERIES) {
        const [ours, theirs]: [number[], number[]] = [[], []];
        let found = 0;
        // The first ones are not counted: connections plan their statements.
        for (let round = -5; round < rounds; round += 1) {
          const q = of(corpus.word, Math.abs(round));
          const present = await timed(async () => {
            found += (await store.list(userId, { limit: PAGE, after: undefined, q })).documents.length;
          });
          const before = both ? await timed(() => searchBefore(orm, userId, q, PAGE + 1)) : undefined;
          if (round < 0) continue;
          ours.push(present);
          if (before !== undefined) theirs.push(before);
        }
        const sorted = (times: readonly number[]) => times.toSorted((a, b) => a - b);
        const p95 = quantile(sorted(ours), 0.95);
        const p95Before = both ? quantile(sorted(theirs), 0.95) : undefined;
        console.log(
          JSON.stringify({
            documentsOfUser: who,
            query: name,
            resultsOfAPage: rounded(found / (rounds + 5)),
            p50Ms: rounded(quantile(sorted(ours), 0.5)),
            p95Ms: rounded(p95),
            ...(p95Before !== undefined && {
              p95MsBefore: rounded(p95Before),
              timesTheP95: rounded(p95 / p95Before),
            }),
          }),
        );
      }
    }
  } finally {
    await orm.close();
    await postgres.stop();
  }
}
