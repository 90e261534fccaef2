/**
 * What a client can do about each error of the registry, for the reference and PROTOCOL.md. Apart from `errors.ts`, so that
 * pages and the SDK do not carry these texts.
 */
import type { ErrorCode } from './errors.ts';

export const ERROR_ACTIONS = {
  bad_request: 'Correct the request as `detail` says. Do not retry it unchanged.',
  websocket_only: 'Connect with a WebSocket client. With Socket.IO, set `transports: ["websocket"]`.',
  update_malformed: 'Send an update from `Y.encodeStateAsUpdate` or the `update` event, not from their v2 variants.',
  update_unsupported:
    'Remove subdocuments and keys named `__proto__`. If the update has gaps, open the document and send the whole difference.',
  awareness_malformed: 'Send an awareness update of y-protocols with your own state only.',
  unauthenticated: 'Sign in again, or send a valid API token as `Authorization: Bearer …`.',
  bad_credentials: 'Check the username and the password.',
  forbidden:
    'Ask an owner of the document for access. For `/v1/public`, check the slug and that the document is public.',
  scope_missing: 'Create an API token with the scope that the operation requires.',
  plaintext_refused:
    'Revoke the token, and send a new one over HTTPS. Over plain HTTP, use a token with `allowPlaintext`.',
  bad_origin: 'Add the origin to `ALLOWED_ORIGINS`.',
  read_only: 'Ask an owner of the document for the level `edit`.',
  client_forged: 'Open the document with another `clientID`, and move changes made under the old one to it.',
  not_found: 'Check the id or the slug, and that the user has access to the document.',
  method_not_allowed: 'Use one of the methods in the `Allow` header.',
  not_acceptable: 'Set `Accept` or `format` to one of the formats in `detail`.',
  request_timeout: 'Send the request again.',
  conflict: 'Read the resource again, and resolve the conflict that `detail` describes.',
  slug_taken: 'Choose another slug.',
  in_progress: 'Wait for `Retry-After`, then send the same request again to get its response.',
  not_open: 'Send `open` for the document first.',
  reopen: 'Send `open` again, then send what the server does not have.',
  update_unknown_base: 'Send `open` again, then send what the server does not have.',
  length_required: 'Send a `Content-Length` header instead of a chunked body.',
  precondition_failed: 'Read the resource again, apply your change to the new version, and send its `ETag`.',
  update_too_large: 'Split the update: the response to `open` has the limit in `maxUpdateBytes`.',
  document_too_large: 'Delete content, or continue in another document. Deletions are still accepted.',
  body_too_large: 'Send a smaller body. The operator can raise `MAX_CONTENT_BYTES`.',
  unsupported_media_type: 'Set `Content-Type` to one of the types in `detail`.',
  misdirected: 'Send the request to the host of `PUBLIC_URL`, or add the host to `ALLOWED_HOSTS`.',
  content_invalid: 'Correct the content at the path that `detail` names.',
  text_elsewhere: 'Bind the editor to the `Y.XmlFragment` named `body`. `detail` names the field it uses now.',
  idempotency_mismatch: 'Use a new `Idempotency-Key` for each different request.',
  update_limit: 'Split the update: the response to `open` has the limit in `maxUpdateStructs`.',
  update_too_expensive: 'Split the update into smaller ones.',
  headers_too_large: 'Send fewer or shorter headers. Cookies are the usual cause.',
  rate_limited: 'Wait for `Retry-After` or `retryAfterMs`, then send the same request again.',
  too_many_sockets: 'Close connections that you do not need, then connect again.',
  too_many_documents: 'Close documents that you do not need, then open this one again.',
  internal: 'Retry with growing pauses. If it persists, look up `X-Request-Id` in the log of the node.',
  unavailable: 'Wait for `Retry-After` or `retryAfterMs`, then send the same request again.',
  overloaded: 'Wait for `Retry-After` or `retryAfterMs`, then send the same request again.',
  append_refused: 'Keep the change, and send it again after `retryAfterMs`. The operator finds the cause in the log.',
  draining: 'Connect to another node.',
  restarting: 'Wait for `Retry-After` or `retryAfterMs`, then send the same request again.',
} as const satisfies Record<ErrorCode, string>;
