/** Counting readers: the batches, the store that keeps them until they are written, and the database that they go to. */

export interface Batch {
  /** Views to be added, by document. */
  readonly views: ReadonlyMap<string, number>;
  /** Unique readers of a day so far, by document: the larger number wins. */
  readonly readers: readonly DayReaders[];
}

export interface DayReaders {
  readonly documentId: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly readers: number;
}

/** The counts of one node at a moment. Readers are hashes that do not identify anyone. */
export interface Counts {
  readonly views: ReadonlyMap<string, number>;
  readonly readers: readonly { documentId: string; day: string; hashes: ReadonlySet<string> }[];
}

/**
 * Collects counts, and cuts them into batches that are kept until they are written. A batch never changes; any node that finds
 * it can write it.
 */
export interface CountStore {
  /** Secret of a day: hashes of one day cannot be compared with those of the next, nor computed afterwards. */
  salt(day: string): Promise<string>;
  /** Idempotent by `number`, which increases for each node. */
  add(number: number, counts: Counts): Promise<void>;
  /** Cuts the collected counts into a batch, unless one was cut recently; its id, or undefined without anything to write. */
  cut(): Promise<string | undefined>;
  /** Batches that were cut and not written in time. */
  abandoned(): Promise<string[]>;
  /** Undefined: already written. */
  read(id: string): Promise<Batch | undefined>;
  done(id: string): Promise<void>;
}

export interface Views {
  views: number;
  /** Newest first. */
  readersByDay: { day: string; readers: number }[];
}

/** View counts in the database. */
export interface ViewCountStore {
  /** Idempotent: adds a batch once, however many nodes write it. False: it was written before. */
  write(id: string, batch: Batch): Promise<boolean>;
  views(documentId: string): Promise<Views>;
  /** Deletes ids of batches that no node can have any more. */
  purge(): Promise<number>;
}
