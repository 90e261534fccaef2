/**
 * Reads a draft for clients without a Yjs document of their own. Content is computed once for each position: on this thread if
 * the draft is small, in a worker if it is large, and one at a time; requests that come meanwhile share the next answer (I9, I10).
 *
 * I3: an answer waits for the commit of what it shows.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { DraftContent } from '../../content/model/types.ts';
import type { Draft } from './draft.ts';
import type { Outstanding } from './outstanding.ts';
import type { DocumentPorts, ReadAnswer, ReadRequest } from './ports.ts';
import type { WriteGate } from './write-gate.ts';

/** Drafts up to this size are read on this thread: a few milliseconds, even for one that was built to be slow. */
const SMALL_BYTES = 16_384;

type Reply = ReadRequest['reply'];

export interface ReaderParts {
  documentId: string;
  epoch: number;
  draft: Draft;
  outstanding: Outstanding;
  ports: Pick<DocumentPorts, 'copies' | 'log'>;
  writeGate: WriteGate;
  isEnded: () => boolean;
}

export class Reader {
  readonly #parts: ReaderParts;
  #cached: { seq: number; content: DraftContent } | undefined;
  #waiting: Reply[] = [];
  #working = false;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  handle({ want, reply }: ReadRequest): void {
    const seq = this.#parts.outstanding.appliedSeq;
    if (want === 'state') void this.#readState(reply);
    else if (this.#cached?.seq === seq) {
      this.#answer(reply, seq, this.#cached.content);
    } else {
      this.#waiting.push(reply);
      if (!this.#working) void this.#work();
    }
  }

  async #readState(reply: Reply): Promise<void> {
    const { draft, epoch, isEnded, outstanding, ports } = this.#parts;
    try {
      const prepared = this.#prepared();
      if (prepared) await prepared;
      if (isEnded()) reply(failure('reopen'));
      else {
        const seq = outstanding.appliedSeq;
        outstanding.answer<ReadAnswer>(seq, reply, { ok: true, epoch, seq, state: draft.state() });
      }
    } catch (error) {
      ports.log.error({ err: error }, 'could not read a draft');
      reply(failure('internal'));
    }
  }

  /** Waits until no change is half applied and, for a large draft, its state is encoded. A failure shows in the read itself. */
  #prepared(): Promise<void> | undefined {
    const { draft, writeGate } = this.#parts;
    const preparing = draft.prepare();
    return preparing || writeGate.isClosed
      ? Promise.resolve(preparing)
          .catch(() => undefined)
          .then(() => writeGate.opened())
      : undefined;
  }

  async #work(): Promise<void> {
    const { documentId, draft, isEnded, outstanding, ports } = this.#parts;
    this.#working = true;
    while (this.#waiting.length > 0) {
      const prepared = this.#prepared();
      if (prepared) await prepared;
      const replies = this.#waiting;
      this.#waiting = [];
      const seq = outstanding.appliedSeq;
      let read: Awaited<ReturnType<DocumentPorts['copies']['read']>>;
      try {
        if (this.#cached?.seq === seq) read = { ok: true, content: this.#cached.content };
        else if (draft.bytes <= SMALL_BYTES) read = { ok: true, content: draft.content() };
        else read = await ports.copies.read(documentId, [draft.state()]);
      } catch (error) {
        ports.log.error({ err: error }, 'could not read a draft');
        read = failure('internal');
      }
      if (isEnded()) read = failure('reopen');
      if (read.ok) this.#cached = { seq, content: read.content };
      for (const reply of replies) {
        if (read.ok) this.#answer(reply, seq, read.content);
        else reply(read satisfies Failure);
      }
      if (isEnded()) break;
    }
    this.#working = false;
    for (const reply of this.#waiting.splice(0)) reply(failure('reopen'));
  }

  #answer(reply: Reply, seq: number, content: DraftContent): void {
    const { epoch, outstanding } = this.#parts;
    outstanding.answer<ReadAnswer>(seq, reply, { ok: true, epoch, seq, content });
  }
}
