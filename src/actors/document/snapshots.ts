/**
 * When a document's state is stored, so that loading it is a snapshot and a short tail. Knows nothing of who edits.
 *
 * A failure waits for the next occasion: the journal holds everything anyway.
 */
import type { Claimed, LoadedDraft } from '../../ports/journal.ts';
import type { Draft } from './draft.ts';
import type { Outstanding } from './outstanding.ts';
import type { DocumentPorts } from './ports.ts';
import type { Pause } from './write-gate.ts';

/** Pause after a snapshot that could not be stored, milliseconds. */
const RETRY_MS = 5_000;

/** Drafts up to this size are stored as often as the limits say. */
const FULL_RATE_BYTES = 1_048_576;

export interface SnapshotParts {
  documentId: string;
  held: Claimed;
  loaded: Pick<LoadedDraft, 'snapshotSeq' | 'tailBytes'>;
  draft: Draft;
  outstanding: Outstanding;
  ports: Pick<DocumentPorts, 'clock' | 'journal' | 'limits' | 'log'>;
  pause: Pause;
  isEnded: () => boolean;
  /** Another node holds the document. */
  onFenced: () => void;
}

export class Snapshots {
  readonly #parts: SnapshotParts;
  #seq: number;
  #tailBytes: number;
  #saving = false;
  /** After a failure: not before this moment. */
  #nextAt = 0;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#seq = parts.loaded.snapshotSeq;
    this.#tailBytes = parts.loaded.tailBytes;
  }

  /** Counts what was committed. */
  grow(bytes: number): void {
    this.#tailBytes += bytes;
  }

  saveIfDue(): void {
    if (this.#isDue()) void this.#save();
  }

  /** Before the document is put away: stores a long tail, or any if the document goes to rest. */
  async saveAtEnd(toRest: boolean): Promise<void> {
    const { isEnded, outstanding, pause } = this.#parts;
    const wanted = this.#isDue() || (toRest && outstanding.committedSeq > this.#seq);
    if (!isEnded() && !pause.isOn && wanted && !this.#saving) await this.#save();
  }

  #isDue(): boolean {
    const { draft, outstanding, pause, ports } = this.#parts;
    if (this.#saving || pause.isOn || ports.clock.now() < this.#nextAt) return false;
    // Storing costs what the draft is large: of a large one the tail may be longer, in proportion.
    const scale = Math.max(draft.bytes / FULL_RATE_BYTES, 1);
    const { snapshotUpdates, snapshotBytes } = ports.limits;
    return outstanding.committedSeq - this.#seq >= snapshotUpdates * scale || this.#tailBytes >= snapshotBytes * scale;
  }

  /** Stores the state as of now once all that it holds is committed. */
  async #save(): Promise<void> {
    this.#saving = true;
    const { documentId, draft, held, isEnded, onFenced, outstanding, pause, ports } = this.#parts;
    const { epoch } = held;
    try {
      const preparing = draft.prepare();
      if (preparing) {
        await preparing;
        if (pause.isOn) await pause.over();
        if (isEnded()) return;
      }
      const seq = outstanding.appliedSeq;
      const state = draft.state();
      const writes = draft.clientsWithoutStructs();
      await new Promise<void>((resolve) => outstanding.whenCommitted(seq, resolve));
      if (isEnded()) return;
      const covered = this.#tailBytes;
      const saved = await ports.journal.saveSnapshot({ documentId, epoch, seq, state });
      if (!saved && !isEnded()) onFenced();
      else if (saved) {
        this.#seq = seq;
        this.#tailBytes -= covered;
        if (writes.length > 0) await ports.journal.forgetWrites(documentId, epoch, writes);
      }
    } catch (error) {
      this.#nextAt = ports.clock.now() + RETRY_MS;
      ports.log.warn({ documentId, err: error }, 'snapshot not stored');
    } finally {
      this.#saving = false;
    }
  }
}
