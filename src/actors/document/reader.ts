/**
 * Reads a draft for those who have no Yjs document of their own. Content is worked out once a position: here if the draft
 * is small, in a thread if it is large, and one at a time; whoever asks meanwhile shares the next answer (I9, I10).
 *
 * I3: an answer waits for the commit of what it shows.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { DraftContent } from '../../content/model/types.ts';
import type { Draft } from './draft.ts';
import type { Outstanding } from './outstanding.ts';
import type { DocumentPorts, ReadAnswer, ReadRequest } from './ports.ts';
import type { Pause } from './write-gate.ts';

/** Drafts of so many bytes are read at once: a few milliseconds, even if they were made to be slow. */
const SMALL_BYTES = 16_384;

type Reply = ReadRequest['reply'];

export interface ReaderParts {
  documentId: string;
  epoch: number;
  draft: Draft;
  outstanding: Outstanding;
  ports: Pick<DocumentPorts, 'copies' | 'log'>;
  pause: Pause;
  isEnded: () => boolean;
}

export class Reader {
  readonly #parts: ReaderParts;
  #kept: { seq: number; content: DraftContent } | undefined;
  #waiting: Reply[] = [];
  #working = false;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  handle({ want, reply }: ReadRequest): void {
    const seq = this.#parts.outstanding.appliedSeq;
    if (want === 'state') void this.#readState(reply);
    else if (this.#kept?.seq === seq) {
      this.#answer(reply, seq, this.#kept.content);
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
      ports.log.error({ err: error }, 'a draft could not be read');
      reply(failure('internal'));
    }
  }

  /** Until the draft is whole, and its state is at hand if it is large. Should that fail, the reading itself will show it. */
  #prepared(): Promise<void> | undefined {
    const { draft, pause } = this.#parts;
    const preparing = draft.prepare();
    return preparing || pause.isOn
      ? Promise.resolve(preparing)
          .catch(() => undefined)
          .then(() => pause.over())
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
        if (this.#kept?.seq === seq) read = { ok: true, content: this.#kept.content };
        else if (draft.bytes <= SMALL_BYTES) read = { ok: true, content: draft.content() };
        else read = await ports.copies.read(documentId, draft.state());
      } catch (error) {
        ports.log.error({ err: error }, 'a draft could not be read');
        read = failure('internal');
      }
      if (isEnded()) read = failure('reopen');
      if (read.ok) this.#kept = { seq, content: read.content };
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
