/** Actors without I/O: a journal that settles when the test says so, and broadcasts that are written down. */
import { SimulatedClock } from 'xstate';
import * as Y from 'yjs';
import type { Edits, Opened } from '../../schemas/realtime.ts';
import { AppendRefusal } from '../../src/actors/document/append-refusal.ts';
import type { DocumentAnswer, DocumentPorts, OpenAnswer, OpenRequest } from '../../src/actors/document/ports.ts';
import {
  composedLimits,
  DEFAULT_ADMIT_LIMITS,
  DEFAULT_SCAN_LIMITS,
  DEFAULT_TRIAL_THRESHOLDS,
} from '../../src/actors/document/update/limits.ts';
import { compose, copyOf } from '../../src/actors/document/writes/compose.ts';
import { readContent } from '../../src/content/yjs/draft.ts';
import { Rope } from '../../src/lib/msgpack/rope.ts';
import type {
  Claim,
  Entry,
  Journal,
  LoadedDraft,
  LoggedUpdate,
  NotedRefusal,
  Reservations,
  Settled,
  Snapshot,
} from '../../src/ports/journal.ts';
import { silentLog } from './silent-log.ts';

export const EMPTY: LoadedDraft = {
  updates: [],
  headSeq: 0,
  snapshotSeq: 0,
  tailBytes: 0,
  clients: new Map(),
  refused: false,
  reservations: new Map(),
};

/** Lets everything that is ready run. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A journal of one document in memory, that passes the port's contract; entries are committed when the test says so. */
export class FakeJournal implements Journal {
  readonly entries: Entry[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly released: number[] = [];
  /** Codes that were noted; undefined: over. */
  readonly refusals: (string | undefined)[] = [];
  epoch = 0;
  ownerNode: string | null = null;
  committedSeq = 0;
  loaded: LoadedDraft = EMPTY;
  claims = 0;
  /** Makes the next append throw, as a fault of ours would. */
  faulty = false;
  /** What the next claims, loads and snapshots do instead. */
  claimWith: (() => Promise<Claim | undefined>) | undefined;
  loadWith: (() => Promise<LoadedDraft>) | undefined;
  saveWith: (() => Promise<boolean>) | undefined;
  headWith: (() => Promise<undefined>) | undefined;
  #settled: ((outcome: Settled) => void) | undefined;
  /** Of logs that appended after another claim. */
  readonly #deposed = new Set<(outcome: Settled) => void>();

  async head() {
    if (this.headWith) return await this.headWith();
    return { ownerNode: this.ownerNode, epoch: this.epoch, headSeq: this.committedSeq };
  }
  async claim(_documentId: string, observed: number): Promise<Claim | undefined> {
    this.claims += 1;
    if (this.claimWith) {
      const claim = await this.claimWith();
      this.epoch = claim?.epoch ?? this.epoch;
      return claim;
    }
    if (observed !== this.epoch) return undefined;
    this.epoch += 1;
    this.ownerNode = 'self';
    return { epoch: this.epoch, headSeq: this.committedSeq };
  }
  async release(_documentId: string, epoch: number): Promise<void> {
    this.released.push(epoch);
    if (epoch === this.epoch) this.ownerNode = null;
  }
  async load(): Promise<LoadedDraft> {
    if (this.loadWith) return await this.loadWith();
    const committed = this.entries.slice(0, this.committedSeq);
    const snapshot = this.snapshots.at(-1);
    const tail = committed.slice(snapshot?.seq ?? 0).map(({ update }) => update);
    const clients = new Map(this.loaded.clients);
    for (const { newClients, author } of committed) {
      for (const id of newClients) if (!clients.has(id)) clients.set(id, author.userId);
    }
    return {
      ...this.loaded,
      updates: [...(snapshot ? [snapshot.state] : this.loaded.updates), ...tail],
      headSeq: this.committedSeq,
      snapshotSeq: snapshot?.seq ?? this.loaded.snapshotSeq,
      tailBytes: tail.reduce((sum, { length }) => sum + length, 0),
      clients,
    };
  }
  openLog(_documentId: string, claim: Claim, settled: (outcome: Settled) => void) {
    this.#settled = settled;
    this.entries.length = this.committedSeq;
    let isOpen = true;
    return {
      append: (entry: Entry) => {
        if (!isOpen) throw new Error('append to a closed log');
        if (this.faulty) {
          this.faulty = false;
          throw new Error('a fault in appending');
        }
        if (claim.epoch === this.epoch) return this.entries.push(entry);
        this.#deposed.add(settled);
        return this.committedSeq + 1;
      },
      close: () => {
        isOpen = false;
        this.#deposed.delete(settled);
        if (this.#settled !== settled) return;
        this.#settled = undefined;
        this.entries.length = this.committedSeq;
      },
    };
  }
  async saveSnapshot(snapshot: Snapshot): Promise<boolean> {
    if (this.saveWith) return await this.saveWith();
    if (snapshot.epoch !== this.epoch || snapshot.seq > this.committedSeq) return false;
    this.snapshots.push(snapshot);
    return true;
  }

  /** What was asked to be reserved, in order; and what that does instead. */
  readonly reserved: Reservations[] = [];
  reserveWith: (() => Promise<boolean>) | undefined;
  async reserve(reservations: Reservations): Promise<boolean> {
    this.reserved.push(reservations);
    return this.reserveWith ? await this.reserveWith() : reservations.epoch === this.epoch;
  }

  async forgetWrites(): Promise<void> {}
  async noteRefusal(_documentId: string, refusal: NotedRefusal | undefined): Promise<void> {
    this.refusals.push(refusal?.code);
  }
  async updates(_documentId: string, afterSeq: number, limit: number): Promise<LoggedUpdate[]> {
    return this.entries
      .slice(0, this.committedSeq)
      .map(({ update, author: { userId } }, index) => ({ seq: index + 1, update, userId, at: 0 }))
      .slice(afterSeq, afterSeq + limit);
  }
  async stateAt(_documentId: string, seq: number): Promise<Uint8Array[] | undefined> {
    if (seq > this.committedSeq) return undefined;
    return [...this.loaded.updates, ...this.entries.slice(0, seq).map(({ update }) => update)];
  }

  /** Commits what is queued, or as far as `throughSeq`; what deposed owners queued is fenced. */
  commit(throughSeq = this.entries.length): void {
    for (const fenced of this.#deposed) fenced({ kind: 'fenced' });
    this.#deposed.clear();
    if (throughSeq === this.committedSeq) return;
    this.committedSeq = throughSeq;
    this.#settled?.({ kind: 'committed', throughSeq });
  }
  fence(): void {
    this.#settled?.({ kind: 'fenced' });
  }
  refuse(error: unknown): void {
    this.#settled?.({ kind: 'refused', error });
  }
  shut(): void {
    this.#settled?.({ kind: 'closed' });
  }
}

/** Answers as their receivers have them: in one piece. */
export type Answer = Exclude<DocumentAnswer, OpenAnswer> | Opened;

const inOnePiece = (answer: DocumentAnswer): Answer =>
  'update' in answer && answer.update instanceof Rope
    ? { ...answer, update: answer.update.toBytes() }
    : (answer as Answer);

export type Event =
  | { what: 'edits'; message: Edits; except: string | undefined; nodes: string[] }
  | { what: 'reopen'; reason: string; nodes: string[] }
  | { what: 'answer'; name: string; answer: Answer };

/** Everything that a document actor needs, with one record of all that it said, in order. */
export function actorHarness(limits: Partial<DocumentPorts['limits']> = {}) {
  const journal = new FakeJournal();
  const clock = new SimulatedClock();
  const events: Event[] = [];
  const commits: number[] = [];
  const trials: ((outcome: Awaited<ReturnType<DocumentPorts['trial']['run']>>) => void)[] = [];
  const ports: DocumentPorts = {
    nodeId: 'self',
    journal,
    broadcast: {
      edits: (nodes, message, except) => events.push({ what: 'edits', message, except, nodes: [...nodes] }),
      reopen: (nodes, _documentId, reason) => events.push({ what: 'reopen', reason, nodes: [...nodes] }),
    },
    trial: { run: () => new Promise((resolve) => trials.push(resolve)) },
    // Not in a thread: the same work, as if there were one that is never busy.
    copies: {
      read: async (_owner, updates) => ({ ok: true, content: readContent(copyOf(updates)) }),
      compose: async (_owner, task) => ({ ok: true, composed: compose(task) }),
    },
    committed: (_documentId, seq) => commits.push(seq),
    limits: {
      maxUpdateBytes: 1_048_576,
      maxDocumentBytes: 16_777_216,
      scan: DEFAULT_SCAN_LIMITS,
      composed: composedLimits(16_777_216),
      admit: DEFAULT_ADMIT_LIMITS,
      trial: DEFAULT_TRIAL_THRESHOLDS,
      maxUncommittedUpdates: 1_000,
      maxUncommittedBytes: 1_048_576,
      maxMailbox: 100,
      maxStateVectorBytes: 65_536,
      maxReservedClientIds: 256,
      reservedClientIdMs: 86_400_000 * 365,
      snapshotUpdates: 1_000,
      snapshotBytes: 1_048_576,
      idleMs: 60_000,
      participantLeaseMs: 15_000,
      drainMs: 5_000,
      ...limits,
    },
    metrics: { acked: () => undefined, claimed: () => undefined, restarted: () => undefined, refused: () => undefined },
    clock: { now: () => clock.now() },
    log: silentLog,
  };
  let refusalNow = 0;
  const refusal = new AppendRefusal({
    documentId: 'doc',
    journal,
    metrics: ports.metrics,
    now: () => refusalNow,
    log: silentLog,
  });
  const answered = (name: string) => (answer: DocumentAnswer) => {
    events.push({ what: 'answer', name, answer: inOnePiece(answer) });
  };
  return {
    journal,
    clock,
    events,
    refusal,
    /** Lets time pass for the retries of refused appends. */
    passRefusal(ms: number) {
      refusalNow += ms;
    },
    trials,
    /** Positions that the port of commits got. */
    commits,
    ports,
    answered,
    /** Answers given under a name. */
    answers: (name: string) =>
      events.flatMap((event) => (event.what === 'answer' && event.name === name ? [event.answer] : [])),
    /** Short form of the record. */
    story: () =>
      events.map((event) => {
        if (event.what === 'answer')
          return `${event.name}: ${event.answer.ok ? event.answer.seq : event.answer.error.code}`;
        if (event.what === 'reopen') return `reopen ${event.reason}`;
        return `edits ${event.message.from}-${event.message.seq}`;
      }),
    edit: (author: Author, update: Uint8Array, name = author.name) => ({
      kind: 'edit' as const,
      connection: author.name as string | undefined,
      author: { userId: author.name, sessionId: `session of ${author.name}` },
      update,
      reply: answered(name),
    }),
    open: (author: Author, name = `${author.name} opens`, node = 'self'): OpenRequest => ({
      kind: 'open' as const,
      participant: {
        node,
        connection: author.name,
        author: { userId: author.name, sessionId: `session of ${author.name}` },
        role: 'edit',
      },
      // Without one nothing has to be reserved, and the answer is given in the same turn.
      clientId: undefined,
      stateVector: Y.encodeStateVector(author.doc),
      reply: answered(name),
    }),
  };
}

/** An author with a text of their own. */
export interface Author {
  name: string;
  doc: Y.Doc;
  /** The first paragraph of the body; made when there is none. */
  readonly text: Y.XmlText;
  /** Does something and returns what it changed, merged. */
  write(change: (text: Y.XmlText) => void): Uint8Array;
}

export function author(name: string, clientId: number): Author {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const body = doc.getXmlFragment('body');
  return {
    name,
    doc,
    get text() {
      if (body.length === 0) body.insert(0, [new Y.XmlText()]);
      return body.get(0) as Y.XmlText;
    },
    write(change) {
      const before = Y.encodeStateVector(doc);
      const updates: Uint8Array[] = [];
      const note = (update: Uint8Array) => updates.push(update);
      doc.on('update', note);
      change(this.text);
      doc.off('update', note);
      return updates.length > 0 ? Y.mergeUpdates(updates) : Y.encodeStateAsUpdate(doc, before);
    },
  };
}
