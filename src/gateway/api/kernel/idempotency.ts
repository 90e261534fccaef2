/**
 * Idempotent requests: a request with an `Idempotency-Key` that the same user sent before gets the first one's response, for 24
 * hours. Knows nothing of where responses are stored.
 *
 * What is guaranteed: of all requests with one key, on all nodes, one is performed, and the others get its response or
 * `in_progress`. Responses that ask for a retry are not stored: the next request is that retry. When the process dies after the
 * change was committed and before its response was stored, nobody knows how far it got: another request gets `in_progress` for a
 * minute, and is then performed again. Operations that set a state can be performed twice. Writes of a draft, appends included,
 * carry an id that is the same for each repetition and is logged with the change: they are made once, and answered with the
 * present position. A document or a revision may then exist twice, unless the request names something unique: a document with a
 * slug finds it taken (`conflict`), and the sender can look. Operations whose response holds a secret accept no key: secrets are
 * not stored.
 */
import { failure } from '../../../../schemas/errors.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { IdempotencyStore, StoredResponse } from '../../../ports/idempotency.ts';
import { problem, problemOf } from '../../http/problem.ts';

export interface Idempotency {
  /**
   * Runs `perform` once for a key. A repeated request gets the stored response with `Idempotency-Replayed: true`; while the
   * first one runs, `in_progress`; with another fingerprint, `idempotency_mismatch`.
   */
  once(userId: string, key: string, fingerprint: Uint8Array, perform: () => Promise<Response>): Promise<Response>;
}

/** Headers that are stored with a response; the others depend on the request that it store. */
const STORED_HEADERS = ['content-type', 'etag', 'location'] as const;
const MAX_STORED_BYTES = 1_048_576;
/** Most requests end long before that. */
const RETRY_AFTER_MS = 1_000;

export function createIdempotency(store: IdempotencyStore, log: Logger): Idempotency {
  async function performAndStore(
    userId: string,
    key: string,
    attempt: string,
    perform: () => Promise<Response>,
  ): Promise<Response> {
    /** Never rejects: the change is committed, or is not, whatever becomes of the key. */
    const settle = (work: Promise<void>) =>
      work.catch((error) =>
        log.warn({ err: error, userId }, 'could not store the response to a request with an idempotency key'),
      );
    let response: Response;
    try {
      response = await perform();
    } catch (error) {
      await settle(store.abandon(userId, key, attempt));
      throw error;
    }
    if (response.status >= 500 || response.headers.has('retry-after')) {
      await settle(store.abandon(userId, key, attempt));
      return response;
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const headers: Record<string, string> = {};
    for (const name of STORED_HEADERS) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const body = bytes.length <= MAX_STORED_BYTES ? bytes : undefined;
    await settle(store.complete(userId, key, attempt, { status: response.status, headers, body }));
    return new Response(bytes.length > 0 ? bytes : null, response);
  }

  return {
    async once(userId, key, fingerprint, perform) {
      const begun = await store.begin(userId, key, fingerprint);
      switch (begun.state) {
        case 'started':
          return performAndStore(userId, key, begun.attempt, perform);
        case 'running':
          return problem(failure('in_progress', RETRY_AFTER_MS));
        case 'mismatch':
          return problemOf('idempotency_mismatch');
        case 'completed':
          return replay(begun.response);
      }
    },
  };
}

function replay({ status, headers, body }: StoredResponse): Response {
  const replayed = { 'idempotency-replayed': 'true' };
  if (!body) {
    return problemOf('conflict', {
      detail: `The request completed with status ${status}, but its response was too large to store.`,
      headers: replayed,
    });
  }
  return new Response(body.length > 0 ? new Uint8Array(body) : null, { status, headers: { ...headers, ...replayed } });
}
