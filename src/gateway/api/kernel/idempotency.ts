/**
 * Repeated requests: the same `Idempotency-Key` of the same user gets the first request's answer for 24 hours. Knows
 * nothing of where answers are kept.
 *
 * What is promised, and what is not: of all requests with a key, over all nodes, one is performed, and the others get
 * its answer or `in_progress`. Answers that say "try again" are not kept: the repetition is that try. When the process
 * dies after the change was committed and before its answer was kept, nobody knows how far it came: a repetition gets
 * `in_progress` for a minute, and is then performed again. What sets a state bears that. Writes of a draft, appends too,
 * carry an id that is the same for each repetition and is logged with the change: they are made once, and answered with the
 * present position. A document or a revision may then be there twice, unless the request names something that cannot be so
 * twice: a document with a slug finds it taken (`conflict`), and the sender looks. What answers with a secret takes no key:
 * secrets are not kept.
 */
import { failure } from '../../../../schemas/errors.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { KeptAnswer, KeptAnswers } from '../../../ports/idempotency.ts';
import { problem, problemOf } from '../../http/problem.ts';

export interface Repeats {
  /**
   * Runs `perform` once for a key. A repetition gets the kept answer with `Idempotency-Replayed: true`; while the first
   * one runs `in_progress`; with another fingerprint `idempotency_mismatch`.
   */
  once(userId: string, key: string, fingerprint: Uint8Array, perform: () => Promise<Response>): Promise<Response>;
}

/** Headers that belong to the answer; the others belong to the request that is answered. */
const KEPT_HEADERS = ['content-type', 'etag', 'location'] as const;
const MAX_KEPT_BYTES = 1_048_576;
/** A request is over long before, unless it hangs. */
const COME_BACK_MS = 1_000;

export function createRepeats(answers: KeptAnswers, log: Logger): Repeats {
  async function performed(
    userId: string,
    key: string,
    attempt: string,
    perform: () => Promise<Response>,
  ): Promise<Response> {
    /** The change is committed, or is not: what becomes of the key changes nothing of that. */
    const settle = (work: Promise<void>) =>
      work.catch((error) => log.warn({ err: error, userId }, 'the answer to a repeatable request could not be kept'));
    let response: Response;
    try {
      response = await perform();
    } catch (error) {
      await settle(answers.drop(userId, key, attempt));
      throw error;
    }
    if (response.status >= 500 || response.headers.has('retry-after')) {
      await settle(answers.drop(userId, key, attempt));
      return response;
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const headers: Record<string, string> = {};
    for (const name of KEPT_HEADERS) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const body = bytes.length <= MAX_KEPT_BYTES ? bytes : undefined;
    await settle(answers.keep(userId, key, attempt, { status: response.status, headers, body }));
    return new Response(bytes.length > 0 ? bytes : null, response);
  }

  return {
    async once(userId, key, fingerprint, perform) {
      const begun = await answers.begin(userId, key, fingerprint);
      switch (begun.state) {
        case 'ours':
          return performed(userId, key, begun.attempt, perform);
        case 'running':
          return problem(failure('in_progress', COME_BACK_MS));
        case 'mismatch':
          return problemOf('idempotency_mismatch');
        case 'answered':
          return replay(begun.answer);
      }
    },
  };
}

function replay({ status, headers, body }: KeptAnswer): Response {
  const replayed = { 'idempotency-replayed': 'true' };
  if (!body) {
    return problemOf('conflict', {
      detail: `It was done and answered with ${status}; the answer was too large to keep.`,
      headers: replayed,
    });
  }
  return new Response(body.length > 0 ? new Uint8Array(body) : null, { status, headers: { ...headers, ...replayed } });
}
