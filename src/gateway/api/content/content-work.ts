/**
 * Long work on content, off the event loop: reading a megabyte takes 130 ms to 2 s, comparing or rebuilding a large text as
 * long. Small work is done at once, in its turn: a thread would cost more than it saves.
 *
 * Bounds (I9): so many threads, so much heap each, so many tasks that wait, of one user besides, and processor time for
 * each. Beyond them a task is `overloaded`.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Titled } from '../../../content/model/titled-as.ts';
import type { Parsed } from '../../../content/model/types.ts';
import type { Logger } from '../../../lib/logger.ts';
import { Lru } from '../../../lib/lru.ts';
import { createWorkerPool, type Prepared } from '../../../lib/worker-pool/worker-pool.ts';
import runTask, { type ContentTask } from './content-tasks.ts';
import type { Format, ReadingFormat } from './draft-formats.ts';

/** A draft as of a position, as Yjs updates. */
export interface DraftSource {
  seq: number;
  epoch?: number;
  updates: readonly Uint8Array[];
}

export interface DraftRequest {
  documentId: string;
  format: Format;
  /** Of a draft without a title of its own. Null: the JSON says that it has none. */
  title: string | null;
  /** The position, where it is known before: what was made of it may be there still. */
  seq?: number;
  /** Reads the draft, when its turn comes; undefined when there is none. */
  load(): Promise<({ ok: true } & DraftSource) | Failure | undefined>;
}

/** A revision that is published or was. Its text never changes. */
export interface RevisionRequest {
  documentId: string;
  number: number;
  format: ReadingFormat;
  /** Of the JSON format, besides the body. */
  fields: object;
  /** Reads the body, as JSON, when its turn comes; undefined when there is none. */
  load(): Promise<string | undefined>;
}

export interface DiffRequest {
  documentId: string;
  from: number;
  to: number;
  /** Besides the blocks. */
  fields: object;
  /** Reads both bodies, as JSON, when its turn comes; undefined when one is missing. */
  load(): Promise<{ before: string; after: string } | undefined>;
}

export interface DraftDiffRequest {
  /** Reads both, when its turn comes; undefined when one is missing. */
  load(): Promise<({ ok: true } & Omit<Extract<ContentTask, { kind: 'draftDiff' }>, 'kind'>) | Failure | undefined>;
}

export interface HistoryDiffRequest {
  documentId: string;
  /** Positions. */
  from: number;
  to: number;
  /** Title and summary of a draft that never had any. */
  own: Titled;
  /** Reads both drafts, when its turn comes, and the fields besides what differs; undefined when one is missing. */
  load(): Promise<Omit<Extract<ContentTask, { kind: 'historyDiff' }>, 'kind' | 'own'> | undefined>;
}

/** A text, encoded as its format has it. */
export type Encoded = { ok: true; bytes: Uint8Array };

/**
 * Work on content that may be large: bounded, fair among users, and off the event loop where it is long (I9, I10). Each
 * is for a user, whose other work it waits for.
 */
export interface ContentWork {
  /** Why work for this user would be refused now: to check before querying the database. */
  refusal(userId: string): Failure | undefined;
  parse(userId: string, form: 'html' | 'markdown', text: string): Promise<Parsed | Failure>;
  /** A draft's text in a format. The same text is encoded once for all who ask for it. */
  draft(userId: string, request: DraftRequest): Promise<(Encoded & { seq: number }) | Failure | undefined>;
  /** A revision in a format. The same text is encoded once for all who ask for it. */
  revision(userId: string, request: RevisionRequest): Promise<Encoded | Failure | undefined>;
  /** How two revisions of a document differ: JSON with `blocks` beside the fields. Compared once, as above. */
  diff(userId: string, request: DiffRequest): Promise<Encoded | Failure | undefined>;
  /** How a draft differs from a revision, as JSON. */
  draftDiff(userId: string, request: DraftDiffRequest): Promise<Encoded | Failure | undefined>;
  /** How a draft differs between two positions, as JSON. Compared once, as above. */
  historyDiff(userId: string, request: HistoryDiffRequest): Promise<Encoded | Failure | undefined>;
}

export interface ContentWorkOptions {
  threads: number;
  /** Tasks that may wait for a thread, of all users and of one. */
  queued: number;
  queuedOfUser: number;
  /** Milliseconds of processor time that a task may take. */
  cpuMs: number;
  /** Milliseconds that a task may wait for its turn. */
  waitMs: number;
  /** Heap of each thread, in MiB. */
  memoryMb: number;
  /** Bytes of texts that are kept encoded. */
  cacheBytes: number;
  log: Logger;
}

/** Work of so many characters or bytes is done at once: under 20 ms, even if it was made to be slow. */
const SMALL = 8_192;
/** What else a node does goes first. More than this, and a busy machine would get to none of it. */
const NICE = 5;

type Work = Prepared<ContentTask, Uint8Array>;

export function createContentWork(options: ContentWorkOptions): ContentWork & { close(): Promise<void> } {
  const { cacheBytes, log, queuedOfUser, ...bounds } = options;
  const pool = createWorkerPool<ContentTask, Uint8Array>({
    ...bounds,
    module: new URL('./content-tasks.ts', import.meta.url),
    queuedOfOwner: queuedOfUser,
    nice: NICE,
  });
  const kept = new Lru<string, Uint8Array>(cacheBytes);

  const work = (task: ContentTask, size: number): Work => (size <= SMALL ? { result: runTask(task) } : { task });

  async function inTurn(userId: string, kind: string, prepare: () => Work | Promise<Work>): Promise<Encoded | Failure> {
    const outcome = await pool.run(userId, prepare);
    if (outcome.ok) return { ok: true, bytes: outcome.result };
    const { err, reason } = outcome;
    log.warn({ err, reason, kind, userId }, 'could not do work on content');
    return failure('overloaded');
  }

  /** What `prepare` makes, or what was made of the same before, if it has a key. */
  async function once(
    userId: string,
    kind: string,
    key: string | undefined,
    prepare: () => Promise<Work | undefined>,
  ): Promise<Encoded | Failure | undefined> {
    const find = (): Uint8Array | undefined => (key === undefined ? undefined : kept.get(key));
    const known = find();
    if (known) return { ok: true, bytes: known };
    let isAbsent = false;
    const done = await inTurn(userId, kind, async () => {
      const present = find();
      if (present) return { result: present };
      const prepared = await prepare();
      isAbsent = prepared === undefined;
      return prepared ?? { result: NOTHING };
    });
    if (isAbsent) return undefined;
    if (done.ok && key !== undefined) kept.set(key, done.bytes, done.bytes.byteLength + key.length);
    return done;
  }

  return {
    refusal: (userId) => (pool.hasRoom(userId) ? undefined : failure('overloaded')),

    async parse(userId, form, text) {
      const done = await inTurn(userId, 'parse', () => work({ kind: 'parse', form, text }, text.length));
      return done.ok ? (JSON.parse(new TextDecoder().decode(done.bytes)) as Parsed) : done;
    },

    async draft(userId, request) {
      let seq = request.seq;
      const known = seq === undefined ? undefined : kept.get(keyOf(request, seq, undefined));
      if (known && seq !== undefined) return { ok: true, seq, bytes: known };
      let absent: Failure | undefined | null = null;
      let key = '';
      const done = await inTurn(userId, 'draft', async () => {
        const loaded = await request.load();
        if (!loaded?.ok) {
          absent = loaded;
          return { result: NOTHING };
        }
        const { epoch, updates } = loaded;
        seq = loaded.seq;
        key = keyOf(request, seq, epoch);
        const present = kept.get(key);
        if (present) return { result: present };
        const { format, title } = request;
        const fields = { seq, ...(epoch !== undefined && { epoch }) };
        return work({ kind: 'draft', updates, format, fields, title }, bytesOf(updates));
      });
      if (absent !== null) return absent;
      if (!done.ok || seq === undefined) return done.ok ? undefined : done;
      kept.set(key, done.bytes, done.bytes.byteLength + key.length);
      return { ...done, seq };
    },

    async revision(userId, { documentId, number, format, fields, load }) {
      // What JSON says besides the body changes.
      const key = format === 'json' ? undefined : JSON.stringify(['revision', documentId, number, format]);
      return once(userId, 'revision', key, async () => {
        const body = await load();
        if (body === undefined) return undefined;
        return format === 'json'
          ? { result: withBody(fields, body) }
          : work({ kind: 'body', body, format }, body.length);
      });
    },

    async diff(userId, { documentId, from, to, fields, load }) {
      return once(userId, 'diff', JSON.stringify(['diff', documentId, from, to]), async () => {
        const both = await load();
        if (!both) return undefined;
        const { before, after } = both;
        return work({ kind: 'diff', before, after, fields }, before.length + after.length);
      });
    },

    async draftDiff(userId, { load }) {
      let absent: Failure | undefined | null = null;
      const done = await inTurn(userId, 'draft diff', async () => {
        const loaded = await load();
        if (!loaded?.ok) {
          absent = loaded;
          return { result: NOTHING };
        }
        const { ok: _, ...both } = loaded;
        return work({ kind: 'draftDiff', ...both }, both.before.body.length + bytesOf(both.updates));
      });
      return absent === null ? done : absent;
    },

    async historyDiff(userId, { documentId, from, to, own, load }) {
      const key = JSON.stringify(['history diff', documentId, from, to, own.title, own.summary]);
      return once(userId, 'history diff', key, async () => {
        const both = await load();
        if (!both) return undefined;
        const { after, before } = both;
        const size = bytesOf(before) + (after === before ? 0 : bytesOf(after));
        return work({ kind: 'historyDiff', ...both, own }, size);
      });
    },

    close: () => pool.close(),
  };
}

const NOTHING = new Uint8Array(0);

/** JSON of fields and a body that is JSON already, and is not read for it. */
const withBody = (fields: object, body: string): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(fields).slice(0, -1)},"body":${body}}`);

const bytesOf = (updates: readonly Uint8Array[]) => updates.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** All that the encoded text depends on. The text at a position stays what it is. */
const keyOf = ({ documentId, format, title }: DraftRequest, seq: number, epoch: number | undefined): string =>
  JSON.stringify([documentId, seq, format, ...(format === 'json' ? [epoch, title] : [])]);
