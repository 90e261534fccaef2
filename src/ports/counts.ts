/** What is counted of readers: the shape of a batch, who keeps batches until they are written, and who writes them. */

export interface Batch {
  /** Views to be added, by document. */
  readonly views: ReadonlyMap<string, number>;
  /** Unique readers of a day so far, by document: the larger figure counts. */
  readonly readers: readonly DayReaders[];
}

export interface DayReaders {
  readonly documentId: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly readers: number;
}

/** One node's counts of a moment. Readers are hashes that say nothing of who they are. */
export interface Counts {
  readonly views: ReadonlyMap<string, number>;
  readonly readers: readonly { documentId: string; day: string; hashes: ReadonlySet<string> }[];
}

/**
 * Gathers counts, and cuts them into batches that wait until they are written. A batch never changes once it was cut; it
 * is there until it is done, so that whoever finds it can write it.
 */
export interface CountStore {
  /** Secret of a day: hashes of one day cannot be compared with those of the next, nor computed afterwards. */
  salt(day: string): Promise<string>;
  /** Adds once, however often it is called with the same number. Numbers of a node grow. */
  add(number: number, counts: Counts): Promise<void>;
  /** Cuts what was gathered, unless that was done lately; its id, or undefined when there is nothing to write. */
  cut(): Promise<string | undefined>;
  /** Batches that somebody cut and did not write in time. */
  abandoned(): Promise<string[]>;
  /** Undefined: it is done. */
  read(id: string): Promise<Batch | undefined>;
  done(id: string): Promise<void>;
}

export interface Views {
  views: number;
  /** Newest first. */
  readersByDay: { day: string; readers: number }[];
}

/** The database. */
export interface CountedViews {
  /** Adds a batch once, however often and by however many it is written. False: it was there. */
  write(id: string, batch: Batch): Promise<boolean>;
  views(documentId: string): Promise<Views>;
  /** Forgets ids of batches that nobody can hold any more. */
  purge(): Promise<number>;
}
