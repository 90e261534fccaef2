/**
 * The one place that turns a failure into an HTTP response (RFC 9457). Status and title come from the error registry;
 * `detail` says what is wrong with this request and never repeats a secret.
 */
import { ERRORS, type ErrorBody, type ErrorCode, type Failure, failure } from '../../../schemas/errors.ts';
import type { Problem } from '../../../schemas/http.ts';

export interface ProblemOptions {
  detail?: string | undefined;
  headers?: Record<string, string>;
}

/** The response for a failure, for example one that a store returned. */
export function problem({ error }: Failure, options: ProblemOptions = {}): Response {
  const { status } = ERRORS[error.code];
  const headers = new Headers({ 'content-type': 'application/problem+json', ...options.headers });
  if (error.retryAfterMs !== undefined) headers.set('retry-after', String(retryAfterSeconds(error.retryAfterMs)));
  // RFC 9110: a 401 names an authentication scheme. For `Bearer` no browser shows a password dialog.
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="stet"');
  return new Response(JSON.stringify(toProblem(error, status, options.detail)), { status, headers });
}

/** The response for a code of the registry. */
export function problemOf(code: ErrorCode, options: ProblemOptions = {}): Response {
  return problem(failure(code), options);
}

/** Whole seconds, rounded up: a client that waits so long does not retry too early. */
function retryAfterSeconds(retryAfterMs: number): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

function toProblem(error: ErrorBody, status: number, detail: string | undefined): Problem {
  return {
    type: `urn:stet:problem:${error.code}`,
    title: error.message,
    status,
    code: error.code,
    ...(detail !== undefined && { detail }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}
