/**
 * A document's events for one receiver, in order and without gaps (I7): committed updates of the draft through a follower,
 * publications from the database whenever a notice, or now and then the clock, says that there may be news. Knows nothing
 * of HTTP.
 */
import type { ErrorBody, Failure } from '../../../schemas/errors.ts';
import type { StreamEvent } from '../../../schemas/http/events.ts';
import type { Identity } from '../../ports/access.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DocumentNotice } from '../../ports/notices.ts';
import type { Follower, Followers } from '../follow/followers.ts';
import { type Position, writePosition } from './position.ts';

/** What the database says of a document's publications. */
export interface Publications {
  /** The newest revision's number, 0 without any, and whether readers see one. */
  state(documentId: string): Promise<{ latest: number; published: boolean } | undefined>;
}

export interface DocumentEventsPorts {
  followers: Followers;
  publications: Publications;
  newId: () => string;
  log: Logger;
  /** Milliseconds between looks at the publications: pub/sub may have lost a notice. */
  recheckMs: number;
}

export interface DocumentEventsRequest {
  documentId: string;
  identity: Identity;
  /** Where the receiver is; undefined: at the present. */
  after: Position | undefined;
  onEvent(event: StreamEvent): void;
  /** The stream is over; its last event was `bye`. */
  onEnd(error: ErrorBody): void;
}

export interface DocumentEvents {
  position(): Position;
  close(): void;
}

export async function followEvents(
  ports: DocumentEventsPorts,
  request: DocumentEventsRequest,
): Promise<({ ok: true } & DocumentEvents) | Failure> {
  const { followers, publications, newId, log, recheckMs } = ports;
  const { documentId, identity, after, onEvent, onEnd } = request;
  const before = await publications.state(documentId);
  const position: Position = after ? { ...after } : { seq: 0, revision: before?.latest ?? 0 };
  let published = before?.published ?? false;
  let closed = false;
  let checking: Promise<void> | undefined;
  let again = false;

  function tell(type: StreamEvent['type'], data: object): void {
    if (!closed) onEvent({ id: writePosition(position), type, data });
  }

  /** Tells of every revision since the last one told, and of one taken back. */
  async function check(): Promise<void> {
    const state = await publications.state(documentId);
    if (!state || closed) return;
    while (position.revision < state.latest) {
      position.revision += 1;
      tell('published', { revision: position.revision });
      published = true;
    }
    if (published && !state.published) tell('unpublished', {});
    published = state.published;
  }

  /** One look at a time; what happens during one leads to another. */
  function recheck(): void {
    if (checking) {
      again = true;
      return;
    }
    checking = check()
      .catch((error: unknown) => log.warn({ documentId, error: String(error) }, 'publications not readable'))
      .finally(() => {
        checking = undefined;
        if (!again || closed) return;
        again = false;
        recheck();
      });
  }

  function close(): void {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    follower?.close();
  }

  let follower: Follower | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const followed = await followers.follow({
    documentId,
    identity,
    connection: newId(),
    ...(after && { from: after.seq }),
    onUpdates(updates) {
      for (const { from, seq, update } of updates) {
        position.seq = seq;
        tell('update', { from, seq, update: Buffer.from(update).toString('base64') });
      }
      return undefined;
    },
    onRole: (role) => tell('access', { role }),
    onNotice(notice: DocumentNotice) {
      if (notice.kind === 'changed') tell('changed', {});
      else recheck();
    },
    onEnd(error) {
      tell('bye', { code: error.code, message: error.message });
      close();
      onEnd(error);
    },
  });
  if (!followed.ok) return followed;
  follower = followed.follower;
  // The stream can have ended while it was being opened.
  if (closed) follower.close();
  if (!after) position.seq = follower.seq;
  timer = setInterval(recheck, recheckMs);
  // What was published before the notices were listened to.
  recheck();
  return { ok: true, position: () => ({ ...position }), close };
}
