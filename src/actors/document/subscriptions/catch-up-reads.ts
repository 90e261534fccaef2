/**
 * Reads committed updates for receivers that missed some. Receivers that miss the same ones share a read, and concurrent reads
 * are limited (I9). Does not know the receivers.
 */

/** One committed update, or several in one. */
export interface CommittedUpdates {
  /** First and last position in it. */
  from: number;
  seq: number;
  update: Uint8Array;
}

/** The journal: updates after a position, oldest first. Throws while it cannot be reached. */
export interface UpdateSource {
  updates(documentId: string, afterSeq: number, limit: number): Promise<readonly { seq: number; update: Uint8Array }[]>;
}

export interface CatchUpReads {
  /** Updates that follow `afterSeq`; none when there are none yet. Throws like its source. */
  after(documentId: string, afterSeq: number): Promise<readonly CommittedUpdates[]>;
}

/** @param limits `rows`: updates in one read; `inFlight`: concurrent reads */
export function createCatchUpReads(source: UpdateSource, limits: { rows: number; inFlight: number }): CatchUpReads {
  const shared = new Map<string, Promise<readonly CommittedUpdates[]>>();
  const waiting: (() => void)[] = [];
  let free = limits.inFlight;

  async function read(documentId: string, afterSeq: number): Promise<readonly CommittedUpdates[]> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      const rows = await source.updates(documentId, afterSeq, limits.rows);
      // I7: nothing behind a gap.
      return rows
        .filter(({ seq }, index) => seq === afterSeq + 1 + index)
        .map(({ seq, update }) => ({ from: seq, seq, update }));
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  return {
    after(documentId, afterSeq) {
      const key = `${documentId}:${afterSeq}`;
      const inFlight = shared.get(key);
      if (inFlight) return inFlight;
      const reading = read(documentId, afterSeq).finally(() => shared.delete(key));
      shared.set(key, reading);
      return reading;
    },
  };
}
