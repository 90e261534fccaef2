/**
 * When a document's state is stored, so that loading it is a snapshot and a short tail. Does not know who edits.
 *
 * A snapshot that could not be stored is tried again later: the journal has everything anyway.
 */
import type { Claim, LoadedDraft } from '../../ports/journal.ts';
import type { Draft } from './draft.ts';
import type { Outstanding } from './outstanding.ts';
import type { DocumentPorts } from './ports.ts';
import type { WriteGate } from './write-gate.ts';

/** Backoff after a snapshot that could not be stored, milliseconds. */
const RETRY_MS = 5_000;

/** Drafts up to this size are stored as often as the limits say. */
const FULL_RATE_BYTES = 1_048_576;

export interface SnapshotParts {
  documentId: string;
  claim: Claim;
  loaded: Pick<LoadedDraft, 'snapshotSeq' | 'tailBytes'>;
  draft: Draft;
  outstanding: Outstanding;
  ports: Pick<DocumentPorts, 'clock' | 'journal' | 'limits' | 'log'>;
  writeGate: WriteGate;
  isEnded: () => boolean;
  /** Another node owns the document. */
  onFenced: () => void;
}

export class Snapshots {
  readonly #parts: SnapshotParts;
  #seq: number;
  #tailBytes: number;
  #saving = false;
  /** After a failure: the earliest time of the next try. */
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

  /** Before passivation: stores a snapshot if the tail is long, or if the document is idle and has any tail. */
  async saveAtEnd(isIdle: boolean): Promise<void> {
    const { isEnded, outstanding, writeGate } = this.#parts;
    const wanted = this.#isDue() || (isIdle && outstanding.committedSeq > this.#seq);
    if (!isEnded() && !writeGate.isClosed && wanted && !this.#saving) await this.#save();
  }

  #isDue(): boolean {
    const { draft, outstanding, writeGate, ports } = this.#parts;
    if (this.#saving || writeGate.isClosed || ports.clock.now() < this.#nextAt) return false;
    // Storing costs in proportion to the size of the draft, so a large draft may have a longer tail.
    const scale = Math.max(draft.bytes / FULL_RATE_BYTES, 1);
    const { snapshotUpdates, snapshotBytes } = ports.limits;
    return outstanding.committedSeq - this.#seq >= snapshotUpdates * scale || this.#tailBytes >= snapshotBytes * scale;
  }

  /** Stores the present state once everything in it is committed. */
  async #save(): Promise<void> {
    this.#saving = true;
    const { documentId, draft, claim, isEnded, onFenced, outstanding, writeGate, ports } = this.#parts;
    const { epoch } = claim;
    try {
      const preparing = draft.prepare();
      if (preparing) {
        await preparing;
        if (writeGate.isClosed) await writeGate.opened();
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
      ports.log.warn({ documentId, err: error }, 'could not store a snapshot');
    } finally {
      this.#saving = false;
    }
  }
}
