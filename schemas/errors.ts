/**
 * The error registry: the only place where an error code, its HTTP status, whether a retry can help, and its public
 * message are defined. HTTP answers `application/problem+json` (RFC 9457), sockets answer `ErrorBody`.
 * Nothing private goes into a message: a document that exists but is closed to the caller is `not_found`.
 */

interface ErrorEntry {
  /** HTTP status that carries this error. */
  readonly status: number;
  /** True when the same request can succeed later without being changed. */
  readonly retryable: boolean;
  /** What a person may read. */
  readonly message: string;
}

export const ERRORS = {
  bad_request: { status: 400, retryable: false, message: 'The request is not well-formed.' },
  websocket_only: { status: 400, retryable: false, message: 'This address is for WebSockets alone.' },
  update_malformed: { status: 400, retryable: false, message: 'The update is not a valid Yjs v1 update.' },
  update_unsupported: { status: 400, retryable: false, message: 'The update holds content that is not accepted.' },
  awareness_malformed: { status: 400, retryable: false, message: 'The awareness update is not valid.' },
  unauthenticated: { status: 401, retryable: false, message: 'Sign in first.' },
  bad_credentials: { status: 401, retryable: false, message: 'The handle or the password is wrong.' },
  forbidden: { status: 403, retryable: false, message: 'You may not do this.' },
  scope_missing: { status: 403, retryable: false, message: 'The token lacks the scope for this.' },
  plaintext_refused: {
    status: 403,
    retryable: false,
    message: 'This token works over TLS only; revoke it, for it went over the network in the clear.',
  },
  bad_origin: { status: 403, retryable: false, message: 'Requests from this origin are not accepted.' },
  read_only: { status: 403, retryable: false, message: 'You may read this document, not edit it.' },
  client_forged: {
    status: 403,
    retryable: false,
    message:
      'The update holds work under a client id that is bound to someone else, or that stands for other work already.',
  },
  not_found: { status: 404, retryable: false, message: 'There is no such thing, or it is not open to you.' },
  method_not_allowed: { status: 405, retryable: false, message: 'This method does not exist here.' },
  not_acceptable: { status: 406, retryable: false, message: 'It cannot be had in a format that is accepted.' },
  request_timeout: { status: 408, retryable: true, message: 'The request took too long to arrive.' },
  conflict: { status: 409, retryable: false, message: 'This conflicts with the present state.' },
  slug_taken: { status: 409, retryable: false, message: 'Another document has this address.' },
  in_progress: { status: 409, retryable: true, message: 'A request with this idempotency key is still running.' },
  not_open: { status: 409, retryable: false, message: 'Open the document on this socket first.' },
  reopen: { status: 409, retryable: true, message: 'The document moved; open it again.' },
  update_unknown_base: {
    status: 409,
    retryable: true,
    message: 'The update builds on work that the server does not have; open the document again.',
  },
  length_required: {
    status: 411,
    retryable: false,
    message: 'Send the body with a Content-Length; in chunks it is not accepted here.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    message: 'It changed since the version that the request was made from.',
  },
  update_too_large: { status: 413, retryable: false, message: 'The update is larger than the limit.' },
  document_too_large: {
    status: 413,
    retryable: false,
    message: 'The document has reached its size limit; remove something first.',
  },
  body_too_large: { status: 413, retryable: false, message: 'The request body is larger than the limit.' },
  unsupported_media_type: { status: 415, retryable: false, message: 'This content type is not accepted here.' },
  misdirected: { status: 421, retryable: false, message: 'This host is not served here.' },
  content_invalid: { status: 422, retryable: false, message: 'The content does not have a form that is accepted.' },
  text_elsewhere: {
    status: 422,
    retryable: false,
    message: 'The text is in a part of the draft that is not published.',
  },
  idempotency_mismatch: {
    status: 422,
    retryable: false,
    message: 'This idempotency key was used for another request.',
  },
  update_limit: { status: 422, retryable: false, message: 'The update holds more changes than one update may.' },
  update_too_expensive: { status: 422, retryable: false, message: 'The update takes too long to apply.' },
  headers_too_large: { status: 431, retryable: false, message: 'The request headers are larger than the limit.' },
  rate_limited: { status: 429, retryable: true, message: 'Too many requests; slow down.' },
  too_many_sockets: { status: 429, retryable: true, message: 'Too many connections are open for this account.' },
  too_many_documents: { status: 429, retryable: true, message: 'Too many documents are open.' },
  internal: { status: 500, retryable: true, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, retryable: true, message: 'This cannot be reached at the moment; try again.' },
  overloaded: { status: 503, retryable: true, message: 'Too much is waiting here; try again in a moment.' },
  append_refused: {
    status: 503,
    retryable: true,
    message: 'The database does not take this change; it is kept by who wrote it, and tried again.',
  },
  draining: { status: 503, retryable: true, message: 'This node is going away; connect again.' },
  restarting: { status: 503, retryable: true, message: 'The document is being loaded again; try again.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The error as it stands in an acknowledgement: `{ok: false, error}`. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  /** Milliseconds to wait before the same request; present when a retry can help. */
  retryAfterMs?: number;
}

/** An expected failure as a value. */
export interface Failure {
  ok: false;
  error: ErrorBody;
}

const DEFAULT_RETRY_MS = 500;

/**
 * Makes the failure value of a code.
 * @param retryAfterMs milliseconds; left out, retryable codes say 500
 */
export function failure(code: ErrorCode, retryAfterMs?: number): Failure {
  const entry = ERRORS[code];
  const error: ErrorBody = { code, message: entry.message };
  const wait = retryAfterMs ?? (entry.retryable ? DEFAULT_RETRY_MS : undefined);
  if (wait !== undefined) error.retryAfterMs = Math.ceil(wait);
  return { ok: false, error };
}
