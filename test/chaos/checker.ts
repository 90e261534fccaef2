// The judgement: what was acknowledged to the authors against the journal, and every replica against the journal.
// Pure: knows neither the cluster nor the database, so that it can be shown inputs that are wrong.
import * as Y from 'yjs';
import { countTokens, wholeText } from './text.ts';

/** A document as the database holds it. */
export interface DocumentEvidence {
  readonly documentId: string;
  readonly headSeq: number;
  readonly rows: readonly JournalRow[];
  readonly snapshots: readonly { readonly seq: number; readonly state: Uint8Array }[];
  /** client id -> user id. */
  readonly clients: ReadonlyMap<number, string>;
}

export interface JournalRow {
  readonly seq: number;
  readonly userId: string;
  readonly update: Uint8Array;
}

/** A token, as its author knows it. */
export interface Written {
  readonly documentId: string;
  readonly token: string;
  /** The SDK said `saved` after it was inserted. */
  readonly acked: boolean;
  /** Its author deleted it, and perhaps the SDK said `saved` after that. */
  readonly deletion: 'none' | 'tried' | 'acked';
  /** Of its first character in Yjs; undefined for what was not written through Yjs. */
  readonly id: { readonly client: number; readonly clock: number } | undefined;
}

/**
 * Documents where text is also written over HTTP. Going back to a revision takes away what others wrote since, and brings
 * back what was deleted: so what was acknowledged need not stand in the text, but it must be in the journal.
 */
export interface Mixed {
  readonly documentIds: ReadonlySet<string>;
  /** Users who write down again what others wrote: their rows do not count as doubling it. */
  readonly copiers: ReadonlySet<string>;
}

const UNMIXED: Mixed = { documentIds: new Set(), copiers: new Set() };

/** Somebody's copy of a document: a fresh client's, or that of an author who was there all the time. */
export interface Replica {
  readonly name: string;
  readonly documentId: string;
  /** The whole state as one update. */
  readonly state: Uint8Array;
}

export interface Verdict {
  /** Acknowledged edits that the verdict speaks about. */
  readonly acked: number;
  /** Acknowledged tokens that the journal lacks, and tokens back from an acknowledged deletion. */
  readonly lost: number;
  /** Tokens that stand twice, and journal rows that repeat what an earlier row holds. */
  readonly duplicated: number;
  /** Positions missing in, or beside, 1..head, and rows that build on what no earlier row holds. */
  readonly gaps: number;
  /** Replicas and snapshots that differ from the journal. */
  readonly diverged: number;
  /** Rows with work under a client id that is not bound to the row's user. */
  readonly forged: number;
  /** One sentence for each finding. */
  readonly problems: readonly string[];
}

type Count = 'lost' | 'duplicated' | 'gaps' | 'diverged' | 'forged';

class Findings {
  readonly counts: Record<Count, number> = { lost: 0, duplicated: 0, gaps: 0, diverged: 0, forged: 0 };
  readonly problems: string[] = [];

  add(count: Count, problem: string): void {
    this.counts[count] += 1;
    this.problems.push(`${count}: ${problem}`);
  }
}

/** What the journal says a document is, from its rows alone; unreadable ones count for nothing. The caller destroys it. */
export function replay(rows: readonly JournalRow[]): Y.Doc {
  const doc = new Y.Doc();
  for (const { update } of rows) {
    try {
      Y.applyUpdate(doc, update);
    } catch {
      // Reported with its row.
    }
  }
  return doc;
}

/** @throws never on wrong evidence: what is wrong with it is in the verdict */
export function judge(
  documents: readonly DocumentEvidence[],
  written: readonly Written[],
  replicas: readonly Replica[],
  mixed: Mixed = UNMIXED,
): Verdict {
  const findings = new Findings();
  let acked = 0;
  for (const evidence of documents) {
    const { documentId } = evidence;
    checkPositions(evidence, findings);
    checkRows(evidence, findings);
    const whole = replay(evidence.rows);
    checkSnapshots(evidence, whole, findings);
    const own = written.filter((one) => one.documentId === documentId);
    acked += mixed.documentIds.has(documentId)
      ? checkJournaled(evidence, own, mixed.copiers, findings)
      : checkTokens(documentId, wholeText(whole), own, findings);
    for (const replica of replicas) if (replica.documentId === documentId) checkReplica(replica, whole, findings);
    whole.destroy();
  }
  const known = new Set(documents.map(({ documentId }) => documentId));
  for (const { documentId, token, acked: wasAcked } of written) {
    if (!known.has(documentId) && wasAcked) findings.add('lost', `${token}: document ${documentId} is gone`);
  }
  return { acked, ...findings.counts, problems: findings.problems };
}

/** I7: positions are 1..head, each once. */
function checkPositions({ documentId, headSeq, rows }: DocumentEvidence, findings: Findings): void {
  const seqs = new Map<number, number>();
  for (const { seq } of rows) seqs.set(seq, (seqs.get(seq) ?? 0) + 1);
  for (let seq = 1; seq <= headSeq; seq += 1) {
    if (!seqs.has(seq)) findings.add('gaps', `${documentId} has no row ${seq} of ${headSeq}`);
  }
  for (const [seq, count] of seqs) {
    if (seq < 1 || seq > headSeq) findings.add('gaps', `${documentId} has a row ${seq} beside its head ${headSeq}`);
    if (count > 1) findings.add('duplicated', `${documentId} has ${count} rows ${seq}`);
  }
}

/** Each struct is logged once, after what it continues, under a client id of the row's user (I4). */
function checkRows({ documentId, rows, clients }: DocumentEvidence, findings: Findings): void {
  const nextClock = new Map<number, number>();
  for (const { seq, userId, update } of rows) {
    const strangers = new Set<number>();
    const repeated = new Set<number>();
    const detached = new Set<number>();
    let structs: ReturnType<typeof Y.decodeUpdate>['structs'];
    try {
      ({ structs } = Y.decodeUpdate(update));
    } catch (error) {
      findings.add('gaps', `${documentId} row ${seq} cannot be decoded: ${String(error)}`);
      continue;
    }
    for (const struct of structs) {
      if (struct instanceof Y.Skip) continue;
      const { client, clock } = struct.id;
      const next = nextClock.get(client) ?? 0;
      if (clock < next) repeated.add(client);
      if (clock > next) detached.add(client);
      nextClock.set(client, Math.max(next, clock + struct.length));
      if (clients.get(client) !== userId) strangers.add(client);
    }
    for (const client of repeated) findings.add('duplicated', `${documentId} row ${seq} repeats work of ${client}`);
    for (const client of detached) findings.add('gaps', `${documentId} row ${seq} lacks earlier work of ${client}`);
    for (const client of strangers) {
      const owner = clients.get(client) ?? 'nobody';
      findings.add('forged', `${documentId} row ${seq} of ${userId} holds work of ${client}, bound to ${owner}`);
    }
  }
}

/** A snapshot holds exactly the rows up to its position; with the rows after it, it is the whole. */
function checkSnapshots({ documentId, rows, snapshots }: DocumentEvidence, whole: Y.Doc, findings: Findings): void {
  for (const { seq, state } of snapshots) {
    const upTo = replay(rows.filter((row) => row.seq <= seq));
    const loaded = new Y.Doc();
    try {
      Y.applyUpdate(loaded, state);
      if (!areEqual(loaded, upTo)) findings.add('diverged', `${documentId}: snapshot ${seq} is not rows 1 to ${seq}`);
      for (const row of rows) if (row.seq > seq) Y.applyUpdate(loaded, row.update);
      if (!areEqual(loaded, whole))
        findings.add('diverged', `${documentId}: snapshot ${seq} and tail are not the whole`);
    } catch (error) {
      findings.add('diverged', `${documentId}: snapshot ${seq} cannot be loaded: ${String(error)}`);
    }
    upTo.destroy();
    loaded.destroy();
  }
}

/** @returns how many acknowledged edits were looked for */
function checkTokens(documentId: string, text: string, written: readonly Written[], findings: Findings): number {
  const { counts, rest } = countTokens(text);
  let acked = 0;
  for (const one of written) {
    const count = counts.get(one.token) ?? 0;
    counts.delete(one.token);
    if (one.acked) acked += 1;
    if (one.deletion === 'acked') acked += 1;
    if (one.acked && one.deletion === 'none' && count === 0) findings.add('lost', `${one.token} in ${documentId}`);
    if (one.deletion === 'acked' && count > 0) findings.add('lost', `the deletion of ${one.token} in ${documentId}`);
    if (count > 1) findings.add('duplicated', `${one.token} stands ${count} times in ${documentId}`);
  }
  for (const token of counts.keys()) findings.add('forged', `${token} in ${documentId} was written by nobody`);
  if (rest !== '') findings.add('diverged', `${documentId} holds torn text: ${JSON.stringify(rest.slice(0, 80))}`);
  return acked;
}

/** @returns how many acknowledged edits were looked for */
function checkJournaled(
  { documentId, rows }: DocumentEvidence,
  written: readonly Written[],
  copiers: ReadonlySet<string>,
  findings: Findings,
): number {
  const copied = insertedTokens(rows.filter((row) => copiers.has(row.userId)));
  const inserted = insertedTokens(rows.filter((row) => !copiers.has(row.userId)));
  const deleted = deletedOnArrival(rows);
  let acked = 0;
  for (const one of written) {
    const count = inserted.get(one.token) ?? 0;
    if (one.acked) acked += 1;
    const isThere = count > 0 || copied.has(one.token) || (one.id !== undefined && deleted(one.id));
    // What is deleted in the update that inserts it is not in the journal either.
    if (one.acked && one.deletion === 'none' && !isThere) findings.add('lost', `${one.token} in ${documentId}`);
    if (count > 1) findings.add('duplicated', `${one.token} was written ${count} times in ${documentId}`);
  }
  return acked;
}

/**
 * Whether the journal holds an insertion without its text: into a paragraph that somebody had just taken away, for instance.
 * Then the edit is there, and says that nothing of it is to be seen.
 */
function deletedOnArrival(rows: readonly JournalRow[]): (id: { client: number; clock: number }) => boolean {
  const ranges: { client: number; from: number; to: number }[] = [];
  for (const { update } of rows) {
    for (const struct of Y.decodeUpdate(update).structs) {
      const isBare = struct instanceof Y.GC || (struct instanceof Y.Item && struct.content instanceof Y.ContentDeleted);
      if (!isBare) continue;
      const { client, clock } = struct.id;
      ranges.push({ client, from: clock, to: clock + struct.length });
    }
  }
  return ({ client, clock }) =>
    ranges.some((range) => range.client === client && range.from <= clock && clock < range.to);
}

/** How often each token was inserted, whatever became of it. */
function insertedTokens(rows: readonly JournalRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { update } of rows) {
    for (const struct of Y.decodeUpdate(update).structs) {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
      for (const [token, count] of countTokens(struct.content.str).counts) {
        counts.set(token, (counts.get(token) ?? 0) + count);
      }
    }
  }
  return counts;
}

function checkReplica({ name, documentId, state }: Replica, whole: Y.Doc, findings: Findings): void {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  if (!areEqual(doc, whole)) {
    findings.add('diverged', `${name} of ${documentId}: ${difference(wholeText(doc), wholeText(whole))}`);
  }
  doc.destroy();
}

/** Same structs, same deletions, same text. */
export function areEqual(a: Y.Doc, b: Y.Doc): boolean {
  return Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b)) && wholeText(a) === wholeText(b);
}

function difference(has: string, should: string): string {
  const [mine, theirs] = [countTokens(has).counts, countTokens(should).counts];
  const lacks = [...theirs.keys()].filter((token) => !mine.has(token));
  const extra = [...mine.keys()].filter((token) => !theirs.has(token));
  const list = (tokens: string[]): string => `${tokens.length} (${tokens.slice(0, 5).join(' ')})`;
  return `lacks ${list(lacks)}, has ${list(extra)} that the journal lacks`;
}
