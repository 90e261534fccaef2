/**
 * Reads committed updates for receivers that missed some. Who misses the same ones shares a read, and only so many are
 * under way at a time (I9). Knows nothing of who asks.
 */

/** One committed update, or several in one. */
export interface Committed {
  /** First and last position in it. */
  from: number;
  seq: number;
  update: Uint8Array;
}

/** The journal as it is read here: the updates behind a position, oldest first. Throws while it cannot be reached. */
export interface UpdateSource {
  updates(documentId: string, afterSeq: number, limit: number): Promise<readonly { seq: number; update: Uint8Array }[]>;
}

export interface Reads {
  /** Some updates right behind `afterSeq`; none when nothing is there yet. Throws like its source. */
  after(documentId: string, afterSeq: number): Promise<readonly Committed[]>;
}

/** @param limits `rows`: updates in one read; `inFlight`: reads at a time */
export function createReads(source: UpdateSource, limits: { rows: number; inFlight: number }): Reads {
  const shared = new Map<string, Promise<readonly Committed[]>>();
  const waiting: (() => void)[] = [];
  let free = limits.inFlight;

  async function read(documentId: string, afterSeq: number): Promise<readonly Committed[]> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      const rows = await source.updates(documentId, afterSeq, limits.rows);
      // I7: what is not the very next one is not there.
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
      const under = shared.get(key);
      if (under) return under;
      const reading = read(documentId, afterSeq).finally(() => shared.delete(key));
      shared.set(key, reading);
      return reading;
    },
  };
}
