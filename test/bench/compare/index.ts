/**
 * `compare`: this checkout beside an earlier revision, in alternation on one machine and one PostgreSQL (this checkout's), so
 * that what is compared is the code. Each round starts both servers anew, each on a database of its own, and the order within a
 * round changes from one to the next. The load is this checkout's: the revision has to speak the protocol that it speaks.
 *
 *   checkout.ts (support)  the revision with its own packages    benches.ts  what a round is    ratios.ts  the arithmetic
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { startPostgres, temporaryFolder } from '../../support/services.ts';
import { type Checkout, checkOut, HERE } from '../support/checkout.ts';
import { type Ratio, ratioOf } from '../support/ratios.ts';
import { type Bench, type Options, type Result, round, whyNot } from './benches.ts';

export interface CompareOptions extends Options {
  revision: string;
  bench: Bench;
  rounds: number;
  /** Where revisions are kept for the next comparison; left out, in a temporary folder. */
  checkouts: string | undefined;
}

/** This checkout's figures as multiples of the revision's. */
export interface Comparison {
  readonly what: string;
  readonly figure: string;
  readonly ratio: Ratio;
}

const say = (line: object): void => console.log(JSON.stringify(line));

/** What all rounds say together: pairs are of the same round. */
function compared(ours: readonly Result[][], theirs: readonly Result[][]): Comparison[] {
  const values = (rounds: readonly Result[][], at: number, figure: string) =>
    rounds.map((results) => results[at]?.figures[figure] ?? Number.NaN);
  return (ours[0] ?? []).flatMap(({ what, figures }, at) =>
    Object.keys(figures).flatMap((figure) => {
      const ratio = ratioOf(values(ours, at, figure), values(theirs, at, figure));
      return ratio ? [{ what, figure, ratio }] : [];
    }),
  );
}

export async function compare(options: CompareOptions): Promise<Comparison[]> {
  const { bench, revision, rounds } = options;
  const temporary = options.checkouts === undefined ? temporaryFolder('compare') : undefined;
  const folder = temporary?.path ?? resolve(options.checkouts ?? '');
  mkdirSync(folder, { recursive: true });
  try {
    const other = await checkOut(revision, folder, (line) => console.error(line));
    const refusal = whyNot(bench, other);
    if (refusal !== undefined) throw new Error(refusal);
    const postgres = await startPostgres();
    try {
      const found = new Map<Checkout, Result[][]>([
        [HERE, []],
        [other, []],
      ]);
      for (let at = 0; at < rounds; at += 1) {
        for (const checkout of at % 2 === 0 ? [other, HERE] : [HERE, other]) {
          const results = await round(bench, checkout, postgres, options);
          found.get(checkout)?.push(results);
          for (const { what, figures } of results) say({ round: at + 1, of: checkout.name, what, ...figures });
        }
      }
      const all = compared(found.get(HERE) ?? [], found.get(other) ?? []);
      for (const { what, figure, ratio } of all) say({ what, figure, timesTheRevision: ratio.median, ...ratio });
      return all;
    } finally {
      await postgres.stop();
    }
  } finally {
    temporary?.remove();
  }
}
