/**
 * The publication state of a document, from the database. Concurrent callers share one read: a notice wakes every stream of a
 * document on this node at once (I9). Knows nothing of notices and streams.
 */
export interface PublicationState {
  /** The newest revision's number; 0 without any. */
  readonly latest: number;
  /** Whether one is published. */
  readonly published: boolean;
}

export interface Publications {
  /** Undefined: no such document. Throws while the database is unavailable. */
  state(documentId: string): Promise<PublicationState | undefined>;
}

interface Read {
  readonly done: Promise<PublicationState | undefined>;
  /** The one after it, for those who came while it was under way. */
  next: Promise<PublicationState | undefined> | undefined;
}

export function sharedPublications(source: Publications): Publications {
  const reads = new Map<string, Read>();

  function begin(documentId: string): Promise<PublicationState | undefined> {
    const read: Read = {
      done: source.state(documentId).finally(() => {
        if (!read.next) reads.delete(documentId);
      }),
      next: undefined,
    };
    reads.set(documentId, read);
    return read.done;
  }

  return {
    state(documentId) {
      const read = reads.get(documentId);
      if (!read) return begin(documentId);
      // What is under way may have looked before that which the caller heard of.
      const next = () => begin(documentId);
      read.next ??= read.done.then(next, next);
      return read.next;
    },
  };
}
