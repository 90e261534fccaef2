// One chaos run from its options to its result.
//
//   plan.ts      seed -> faults                 author.ts    types through the SDK   checker.ts   the judgement
//   break.ts     carries the faults out         gate.ts      the author's network    evidence.ts  what the database holds
//   cluster.ts   PostgreSQL, Redis, the nodes   ledger.ts    what was acknowledged   replicas.ts  everybody's copies
//   readers.ts   see what is published
//   mixed.ts     documents that are also written over HTTP (api-writer.ts), by a stock Yjs client (yjs-writer.ts) and by an
//                author without the SDK (stock-writer.ts)
import { setTimeout as delay } from 'node:timers/promises';
import { Author } from './author.ts';
import { type Broken, carryOut } from './break.ts';
import { judge, type Verdict } from './checker.ts';
import { type Cluster, makeDocument, makeUsers, startCluster, type User } from './cluster.ts';
import { readEvidence, readRevisions } from './evidence.ts';
import { longestAround, percentile, type Span, stallOf } from './failovers.ts';
import { hireMixed, type MixedDocuments } from './mixed.ts';
import { Operations } from './operations.ts';
import type { ChaosOptions } from './options.ts';
import { planFaults } from './plan.ts';
import { type Random, seededRandom } from './random.ts';
import { FIRST_REVISION, misread as misreadBy } from './readers.ts';
import { authorsReplicas, openFresh, within } from './replicas.ts';

/** The JSON line, in this order. */
export interface ChaosResult {
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly gaps: number;
  readonly diverged: number;
  readonly forged: number;
  /** Revisions that a reader missed, saw twice or out of order. */
  readonly misread: number;
  readonly failovers: number;
  readonly failoverMsP50: number;
  readonly failoverMsP99: number;
  readonly seed: number;
}

export interface ChaosOutcome {
  readonly result: ChaosResult;
  readonly ok: boolean;
  /** What was found wrong, one sentence each. */
  readonly problems: readonly string[];
  readonly operations: readonly string[];
}

const AUTHORS_A_DOCUMENT = 4;
const AUTHORS_A_USER = 2;
/** How long everything may take to be saved in the end, and then to be the same everywhere. */
const PATIENCE = { settleMs: 20_000, convergeMs: 10_000 } as const;
/** A mutant's replicas differ for ever. */
const MUTANT_PATIENCE = { settleMs: 4_000, convergeMs: 2_000 } as const;

/**
 * @param say hears of the progress
 * @throws when the run itself cannot be carried out: a service or a node that does not start, for instance
 */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosOutcome> {
  const operations = new Operations(say);
  const random = seededRandom(options.seed);
  const plan = planFaults(options, random.fork('plan'));
  say(`seed ${options.seed}: ${options.nodes} nodes, ${options.authors} authors, ${plan.length} faults`);
  const cluster = await startCluster(options, operations);
  const authors: Author[] = [];
  let mixed: MixedDocuments | undefined;
  try {
    const { reader, documentIds } = await hireAuthors(cluster, options, random, authors);
    mixed = await hireMixed(cluster, options, random, reader, options.authors);
    say(`${authors.length} authors begin in ${documentIds.length} documents, others in ${options.mixed} mixed ones`);
    operations.begin();
    const beganAt = performance.now();
    await Promise.all([...authors.map((author) => author.begin()), mixed.begin()]);
    const broken = await carryOut(plan, cluster, authors, operations);
    await delay(Math.max(options.seconds * 1_000 - (performance.now() - beganAt), 0));
    await Promise.all([...authors.map((author) => author.rest()), mixed.rest()]);
    operations.note('the authors rest');
    if (options.mixed > 0) operations.note(`over HTTP: ${mixed.describe()}`);
    const patience = options.mutant ? MUTANT_PATIENCE : PATIENCE;
    const verdict = await judgeAll(cluster, documentIds, reader, authors, mixed, operations, patience);
    const misread = await judgeReaders(cluster, mixed, patience.convergeMs);
    for (const node of cluster.nodes) for (const line of node.loggedErrors()) say(`logged: ${line.slice(0, 600)}`);
    for (const line of cluster.postgres.crashes()) operations.fail(`PostgreSQL crashed: ${line}`);
    const failovers = measure(broken, authors, operations);
    const result: ChaosResult = {
      acked: verdict.acked,
      lost: verdict.lost,
      duplicated: verdict.duplicated,
      gaps: verdict.gaps,
      diverged: verdict.diverged,
      forged: verdict.forged,
      misread: misread.length,
      failovers: failovers.length,
      failoverMsP50: Math.round(percentile(failovers, 0.5)),
      failoverMsP99: Math.round(percentile(failovers, 0.99)),
      seed: options.seed,
    };
    const problems = [...verdict.problems, ...misread, ...operations.failures];
    return { result, problems, ok: problems.length === 0 && verdict.acked > 0, operations: operations.lines() };
  } finally {
    await Promise.all([...authors.map((author) => author.close()), mixed?.close()]);
    await cluster.stop();
  }
}

/** Two authors of most users sit at two machines: the same account, other client ids. */
async function hireAuthors(
  cluster: Cluster,
  options: ChaosOptions,
  random: Random,
  authors: Author[],
): Promise<{ reader: User; documentIds: string[] }> {
  const userCount = Math.max(Math.ceil(options.authors / AUTHORS_A_USER), 2);
  const handles = Array.from({ length: userCount }, (_, index) => `author-${index}`);
  const [reader, ...users] = await makeUsers(cluster, ['reader', ...handles]);
  if (!reader) throw new Error('no users');
  const documentIds: string[] = [];
  const documents = Math.ceil(options.authors / AUTHORS_A_DOCUMENT);
  for (let index = 0; index < documents; index += 1) {
    const ids = Array.from({ length: options.authors }, (_, id) => id).filter((id) => id % documents === index);
    const writers = ids.map((id) => users[id % users.length]!);
    const documentId = await makeDocument(cluster, writers[0]!, writers, reader);
    documentIds.push(documentId);
    for (const [place, id] of ids.entries()) {
      authors.push(
        new Author({
          id,
          documentId,
          token: writers[place]!.token,
          ports: cluster.nodes.map((node) => node.port),
          random: random.fork(`author ${id}`),
          plainHabits: options.mutant !== undefined,
        }),
      );
    }
  }
  return { reader, documentIds };
}

async function judgeAll(
  cluster: Cluster,
  plainDocumentIds: readonly string[],
  reader: User,
  plainAuthors: readonly Author[],
  mixed: MixedDocuments,
  operations: Operations,
  patience: { readonly settleMs: number; readonly convergeMs: number },
): Promise<Verdict> {
  const authors = [...plainAuthors, ...mixed.authors];
  const documentIds = [...plainDocumentIds, ...mixed.documentIds];
  const isSettled = () => plainAuthors.every((author) => author.isSettled) && mixed.isSettled();
  if (!(await within(patience.settleMs, isSettled))) {
    for (const author of authors) if (!author.isSettled) operations.fail(`never saved: ${author.describe()}`);
    for (const client of mixed.astray()) operations.fail(`never came back: ${client}`);
  }
  const fresh = await openFresh(cluster.nodes, documentIds, reader.token, patience.convergeMs);
  try {
    const written = [...plainAuthors.flatMap((author) => author.ledger.written()), ...mixed.written()];
    const deadline = performance.now() + patience.convergeMs;
    for (;;) {
      const evidence = await readEvidence(cluster.databaseUrl, documentIds);
      const replicas = [...fresh.replicas(), ...authorsReplicas(authors), ...mixed.replicas()];
      const verdict = judge(evidence, written, replicas, mixed.mixed);
      // What others wrote may still be on its way to a replica; everything else is as it is.
      if (verdict.diverged === 0 || performance.now() > deadline) return verdict;
      await delay(250);
    }
  } finally {
    await fresh.close();
  }
}

/** Every reader has seen every revision once, in order, up to the newest. */
async function judgeReaders(cluster: Cluster, mixed: MixedDocuments, waitMs: number): Promise<string[]> {
  const newest = await readRevisions(cluster.databaseUrl, mixed.documentIds);
  const newestOf = (documentId: string) => newest.get(documentId) ?? 0;
  await within(waitMs, () => mixed.readers.every(({ documentId, reader }) => reader.last >= newestOf(documentId)));
  const unpublished = mixed.documentIds.filter((documentId) => newestOf(documentId) <= FIRST_REVISION);
  return [
    ...unpublished.map(
      (documentId) => `misread: nothing of ${documentId} was published, so that nothing can be missed`,
    ),
    ...mixed.readers.flatMap(({ documentId, reader }) =>
      misreadBy(reader.seen, newestOf(documentId)).map((problem) => `misread: ${problem}, by the ${reader.describe()}`),
    ),
  ];
}

interface Stall {
  readonly author: number;
  /** Between two acknowledgements. */
  readonly span: Span;
  /** The slowest edit: the same without the pauses of the author. */
  readonly slowest: Span | undefined;
}

const length = (span: Span | undefined): number => (span ? span.to - span.from : 0);

function inWords(values: readonly number[]): string {
  return `p50 ${Math.round(percentile(values, 0.5))} ms, p99 ${Math.round(percentile(values, 0.99))} ms`;
}

/** The waits of everybody who was cut off,milliseconds, by kind of fault. */
function measure(broken: Broken, authors: readonly Author[], operations: Operations): number[] {
  const all: number[] = [];
  for (const kind of new Set(broken.losses.map((loss) => loss.kind))) {
    const stalls: Stall[] = [];
    for (const { at, authors: cutOff } of broken.losses.filter((loss) => loss.kind === kind)) {
      const until = Math.min(...broken.losses.map((loss) => loss.at).filter((later) => later > at));
      for (const { id, ledger } of cutOff) {
        const span = stallOf({ at, until, acks: ledger.ackTimes, excused: [...ledger.absences, ...broken.outages] });
        if (span) stalls.push({ author: id, span, slowest: longestAround(at, until, ledger.waits) });
      }
    }
    const gaps = stalls.map(({ span }) => length(span));
    const [worst] = stalls.sort((one, other) => length(other.span) - length(one.span));
    if (!worst) continue;
    operations.note(
      `${kind}: ${stalls.length} authors cut off, between two acknowledgements ${inWords(gaps)}; ` +
        `slowest edit ${inWords(stalls.map(({ slowest }) => length(slowest)))}; ` +
        `longest: author ${worst.author} from ${(operations.since(worst.span.from) / 1_000).toFixed(3)} s`,
    );
    all.push(...gaps);
  }
  const usual = authors.flatMap(({ ledger }) => ledger.waits.map(length));
  operations.note(`the usual edit: ${inWords(usual)}`);
  return all;
}
