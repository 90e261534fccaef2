/** What becomes of a reader's request that fails: a notice, and a line of the log. */
import type { Logger } from '../../../lib/logger.ts';
import type { Notices } from '../../http/notices.ts';

export interface FailurePorts {
  notice: Notices;
  /** True when the database is away, or the statement may succeed when it is repeated. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
}

const RETRY_S = 5;

/** The answer, or a notice of why there is none. Never rejects. */
export async function orNotice(
  request: Request,
  { notice, isUnavailable, log }: FailurePorts,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (isUnavailable(error)) {
      log.warn({ err: error }, 'the database is unavailable');
      return notice(request, 503, 'away', { 'retry-after': String(RETRY_S) });
    }
    log.error({ err: error, path: new URL(request.url).pathname }, 'could not serve a published page');
    return notice(request, 500, 'broken');
  }
}
