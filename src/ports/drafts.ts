/**
 * Drafts without opening them: an edit, a change of content, or the text at a position, wherever the owner is. The caller has
 * checked access.
 */
import type { Failure } from '../../schemas/errors.ts';
import type { DraftChange } from '../content/model/types.ts';
import type { Author } from './journal.ts';

/** `seq` is the position after the commit (I1). */
type Committed = { ok: true; seq: number } | Failure;

export interface DraftWriteRequest {
  author: Author;
  change: DraftChange;
  /** Only if the draft is at this position: else `precondition_failed`. */
  ifSeq?: number;
  /** The change was made from the draft as of this position: what came later is kept. */
  base?: number;
  /** 32 bits, the same each time that this very write is requested: it is carried out once. */
  writeId?: number;
}

export interface Drafts {
  edit(documentId: string, request: { author: Author; update: Uint8Array }): Promise<Committed>;
  write(documentId: string, request: DraftWriteRequest): Promise<Committed>;
  read(
    documentId: string,
    want: 'state',
  ): Promise<{ ok: true; epoch: number; seq: number; state: Uint8Array } | Failure>;
  /** Draft history: the Yjs updates up to `seq`; undefined when the draft has not reached it. */
  stateAt(documentId: string, seq: number): Promise<Uint8Array[] | undefined>;
}
