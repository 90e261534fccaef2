/**
 * The benchmarks that can be run against any checkout: the server is the checkout's, the load and what is measured are those
 * of this one. What is measured once in a round has a name and figures.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestPostgres } from '../../support/services.ts';
import * as api from '../api/index.ts';
import * as conversions from '../conversions/index.ts';
import * as typing from '../durable-edits/index.ts';
import * as fanout from '../fanout/index.ts';
import * as idle from '../idle-authors/index.ts';
import * as oneAddress from '../one-address/index.ts';
import * as reads from '../reads/index.ts';
import { createAuthorsOf } from '../support/accounts.ts';
import type { Checkout } from '../support/checkout.ts';
import { startStet } from '../support/processes.ts';

export type Options = typing.TypingOptions &
  api.RequestsOptions &
  reads.ReadsOptions &
  fanout.FanoutOptions &
  conversions.ConversionsOptions;

export interface Result {
  readonly what: string;
  readonly figures: Readonly<Record<string, number>>;
}

type Round = (checkout: Checkout, postgres: TestPostgres, options: Options) => Promise<Result[]>;

async function readsRound(checkout: Checkout, postgres: TestPostgres, options: Options): Promise<Result[]> {
  const databaseUrl = await postgres.createDatabase();
  const server = await startStet({ DATABASE_URL: databaseUrl, ...reads.UNLIMITED }, checkout);
  try {
    const [author] = await createAuthorsOf(checkout, databaseUrl, 1);
    await reads.publish(server, author?.token ?? '', options.paragraphs);
    const results: Result[] = [];
    for (const what of reads.pathsOf(options.paths)) {
      await reads.measure(server, what, options, options.warmupSeconds);
      results.push({ what, figures: { ...(await reads.measure(server, what, options, options.seconds)) } });
    }
    return results;
  } finally {
    await server.kill('SIGTERM');
  }
}

async function apiRound(checkout: Checkout, postgres: TestPostgres, options: Options): Promise<Result[]> {
  const databaseUrl = await postgres.createDatabase();
  const server = await api.stetOf(checkout).start(databaseUrl);
  try {
    const authors = await createAuthorsOf(checkout, databaseUrl, options.authors);
    await api.fill(server, authors);
    const results: Result[] = [];
    for (const what of api.KINDS) {
      results.push({ what, figures: { ...(await api.measure(what, server, postgres, authors, options)) } });
    }
    return results;
  } finally {
    await server.kill('SIGTERM');
  }
}

async function fanoutRound(checkout: Checkout, _postgres: TestPostgres, options: Options): Promise<Result[]> {
  const results: Result[] = [];
  for (const what of ['widget', 'viewer'] as const) {
    results.push({ what, figures: { ...(await fanout.measure(what, options, checkout)) } });
  }
  return results;
}

const ROUNDS = {
  'durable-edits': async (checkout, postgres, options) => [
    { what: 'edit', figures: { ...(await typing.measure(typing.stetOf(checkout), postgres, options)) } },
  ],
  reads: readsRound,
  api: apiRound,
  fanout: fanoutRound,
  conversions: async (checkout, postgres, options) => [
    { what: 'acknowledgement', figures: { ...(await conversions.measure(postgres, options, checkout)) } },
  ],
  'one-address': async (checkout, postgres, options) =>
    (await oneAddress.measure(postgres, options, checkout)).map(({ what, figures }) => ({
      what,
      figures: { ...figures },
    })),
  'idle-authors': async (checkout, postgres, options) =>
    Object.entries(await idle.measure(postgres, options, checkout)).map(([what, figures]) => ({
      what,
      figures: { ...figures },
    })),
} satisfies Record<string, Round>;

export type Bench = keyof typeof ROUNDS;
export const BENCHES = Object.keys(ROUNDS) as readonly Bench[];
export const isBench = (name: string): name is Bench => Object.hasOwn(ROUNDS, name);

/** What of a checkout the benchmark runs, besides its node. */
const NEEDS: Readonly<Record<Bench, string>> = {
  'durable-edits': 'test/bench/support/accounts.ts',
  reads: 'test/bench/support/accounts.ts',
  api: 'test/bench/support/accounts.ts',
  fanout: 'test/bench/fanout/server.ts',
  conversions: 'test/bench/support/accounts.ts',
  'one-address': 'test/bench/support/accounts.ts',
  'idle-authors': 'test/bench/support/accounts.ts',
};

/** Why the checkout cannot be measured so; undefined: it can. */
export function whyNot(bench: Bench, { name, root }: Checkout): string | undefined {
  return existsSync(join(root, NEEDS[bench]))
    ? undefined
    : `${name} has no ${NEEDS[bench]}: it is too old for ${bench}`;
}

export const round = (bench: Bench, ...rest: Parameters<Round>): Promise<Result[]> => ROUNDS[bench](...rest);
