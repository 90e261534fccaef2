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
  bad_request: { status: 400, retryable: false, message: 'The request is not valid.' },
  websocket_only: { status: 400, retryable: false, message: 'This endpoint accepts WebSocket connections only.' },
  update_malformed: { status: 400, retryable: false, message: 'The update is not a valid Yjs v1 update.' },
  update_unsupported: {
    status: 400,
    retryable: false,
    message: 'The update contains content that Stet does not support.',
  },
  awareness_malformed: { status: 400, retryable: false, message: 'The awareness update is not valid.' },
  unauthenticated: { status: 401, retryable: false, message: 'You are not signed in.' },
  bad_credentials: { status: 401, retryable: false, message: 'The username or password is incorrect.' },
  forbidden: { status: 403, retryable: false, message: 'You do not have permission to do this.' },
  scope_missing: { status: 403, retryable: false, message: 'The API token does not have the required scope.' },
  plaintext_refused: {
    status: 403,
    retryable: false,
    message: 'This token requires HTTPS, but it was sent over plain HTTP. Revoke it.',
  },
  bad_origin: { status: 403, retryable: false, message: 'Requests from this origin are not allowed.' },
  read_only: { status: 403, retryable: false, message: 'You can view this document, but not edit it.' },
  client_forged: {
    status: 403,
    retryable: false,
    message: 'The update uses a Yjs client ID that belongs to another user or to other changes.',
  },
  not_found: {
    status: 404,
    retryable: false,
    message: 'The resource does not exist, or you do not have access to it.',
  },
  method_not_allowed: { status: 405, retryable: false, message: 'The resource does not support this HTTP method.' },
  not_acceptable: {
    status: 406,
    retryable: false,
    message: 'The resource is not available in any of the accepted formats.',
  },
  request_timeout: { status: 408, retryable: true, message: 'The request did not arrive in time.' },
  conflict: { status: 409, retryable: false, message: 'The request conflicts with the current state of the resource.' },
  slug_taken: { status: 409, retryable: false, message: 'Another document already uses this address.' },
  in_progress: {
    status: 409,
    retryable: true,
    message: 'Another request with this idempotency key is still in progress.',
  },
  not_open: { status: 409, retryable: false, message: 'The document is not open on this connection.' },
  reopen: { status: 409, retryable: true, message: 'The document was moved or reloaded. Open it again.' },
  update_unknown_base: {
    status: 409,
    retryable: true,
    message: 'The update depends on changes that the server does not have. Open the document again.',
  },
  length_required: {
    status: 411,
    retryable: false,
    message: 'The request requires a Content-Length header.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    message: 'The resource has changed since the version named in the request.',
  },
  update_too_large: { status: 413, retryable: false, message: 'The update exceeds the size limit.' },
  document_too_large: {
    status: 413,
    retryable: false,
    message: 'The document has reached its size limit. Delete some content first.',
  },
  body_too_large: { status: 413, retryable: false, message: 'The request body exceeds the size limit.' },
  unsupported_media_type: { status: 415, retryable: false, message: 'The content type is not supported.' },
  misdirected: { status: 421, retryable: false, message: 'This server does not serve the requested host.' },
  content_invalid: { status: 422, retryable: false, message: 'The content is not valid.' },
  text_elsewhere: {
    status: 422,
    retryable: false,
    message: 'The draft’s text is not in its body, so it cannot be published.',
  },
  idempotency_mismatch: {
    status: 422,
    retryable: false,
    message: 'This idempotency key was used for a different request.',
  },
  update_limit: { status: 422, retryable: false, message: 'The update contains too many changes.' },
  update_too_expensive: { status: 422, retryable: false, message: 'The update takes too long to apply.' },
  headers_too_large: { status: 431, retryable: false, message: 'The request headers exceed the size limit.' },
  rate_limited: { status: 429, retryable: true, message: 'Too many requests. Try again later.' },
  too_many_sockets: { status: 429, retryable: true, message: 'Too many connections are open.' },
  too_many_documents: { status: 429, retryable: true, message: 'Too many documents are open.' },
  internal: { status: 500, retryable: true, message: 'An internal error occurred.' },
  unavailable: { status: 503, retryable: true, message: 'The service is temporarily unavailable. Try again.' },
  overloaded: { status: 503, retryable: true, message: 'The server is overloaded. Try again later.' },
  append_refused: {
    status: 503,
    retryable: true,
    message: 'The database rejected the change. It is not saved yet, and will be retried.',
  },
  draining: { status: 503, retryable: true, message: 'The server is shutting down. Connect again.' },
  restarting: { status: 503, retryable: true, message: 'The document is being reloaded. Try again.' },
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
