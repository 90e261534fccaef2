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
  websocket_only: { status: 400, retryable: false, message: 'This address only serves WebSockets.' },
  update_malformed: { status: 400, retryable: false, message: 'The update is not a valid Yjs v1 update.' },
  update_unsupported: { status: 400, retryable: false, message: 'The update contains content that is not supported.' },
  awareness_malformed: { status: 400, retryable: false, message: 'The awareness update is not valid.' },
  unauthenticated: { status: 401, retryable: false, message: 'Sign in first.' },
  bad_credentials: { status: 401, retryable: false, message: 'The handle or the password is wrong.' },
  forbidden: { status: 403, retryable: false, message: 'You do not have permission to do this.' },
  scope_missing: { status: 403, retryable: false, message: 'The token lacks the required scope.' },
  plaintext_refused: {
    status: 403,
    retryable: false,
    message: 'This token only works over TLS. It was sent in the clear: revoke it.',
  },
  bad_origin: { status: 403, retryable: false, message: 'Requests from this origin are not accepted.' },
  read_only: { status: 403, retryable: false, message: 'You can read this document, but not edit it.' },
  client_forged: {
    status: 403,
    retryable: false,
    message: 'The update contains changes under a client id that belongs to another user, or to other changes.',
  },
  not_found: { status: 404, retryable: false, message: 'There is no such resource, or you do not have access to it.' },
  method_not_allowed: { status: 405, retryable: false, message: 'The resource does not support this method.' },
  not_acceptable: { status: 406, retryable: false, message: 'The resource is not available in an accepted format.' },
  request_timeout: { status: 408, retryable: true, message: 'The request took too long to arrive.' },
  conflict: { status: 409, retryable: false, message: 'The request conflicts with the current state.' },
  slug_taken: { status: 409, retryable: false, message: 'Another document has this address.' },
  in_progress: { status: 409, retryable: true, message: 'A request with this idempotency key is still running.' },
  not_open: { status: 409, retryable: false, message: 'Open the document on this socket first.' },
  reopen: { status: 409, retryable: true, message: 'The document moved; open it again.' },
  update_unknown_base: {
    status: 409,
    retryable: true,
    message: 'The update is based on changes that the server does not have; open the document again.',
  },
  length_required: {
    status: 411,
    retryable: false,
    message: 'Send the body with a Content-Length; chunked bodies are not accepted here.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    message: 'The resource has changed since the version in the request.',
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
  content_invalid: { status: 422, retryable: false, message: 'The content is not valid.' },
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
  update_limit: { status: 422, retryable: false, message: 'The update contains too many changes.' },
  update_too_expensive: { status: 422, retryable: false, message: 'The update takes too long to apply.' },
  headers_too_large: { status: 431, retryable: false, message: 'The request headers are larger than the limit.' },
  rate_limited: { status: 429, retryable: true, message: 'Too many requests; slow down.' },
  too_many_sockets: { status: 429, retryable: true, message: 'Too many connections are open for this account.' },
  too_many_documents: { status: 429, retryable: true, message: 'Too many documents are open.' },
  internal: { status: 500, retryable: true, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, retryable: true, message: 'The service is unavailable at the moment; try again.' },
  overloaded: { status: 503, retryable: true, message: 'The server is overloaded; try again in a moment.' },
  append_refused: {
    status: 503,
    retryable: true,
    message: 'The database refuses this change. The client keeps it and tries again.',
  },
  draining: { status: 503, retryable: true, message: 'This node is shutting down; connect again.' },
  restarting: { status: 503, retryable: true, message: 'The document is being reloaded; try again.' },
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
