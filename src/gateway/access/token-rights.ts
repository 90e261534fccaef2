/** What credentials may be used for, at every front door. A session may do all that its user may. */
import { isIP } from 'node:net';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Scope } from '../../../schemas/http/tokens.ts';
import type { Identity } from '../../ports/access.ts';

/** How credentials came: as a token that the sender knows, or as a cookie that the browser adds by itself. */
export type AuthScheme = 'bearer' | 'cookie';

export interface CredentialUse {
  /** The scope that is needed; `session`: API tokens may not. */
  scope: Scope | 'session';
  scheme: AuthScheme;
  /** Whether the request came over TLS. */
  secure: boolean;
  /** The peer's, after trusted proxies were taken off. */
  address: string;
}

/** A connection within this machine counts as secure. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * A bearer token over plain HTTP could be read on its way, a session's as well as an API token.
 * @returns `plaintext_refused`, `scope_missing`, or undefined when the use is allowed
 */
export function rightsFailure(
  identity: Identity,
  { scope, scheme, secure, address }: CredentialUse,
): Failure | undefined {
  const { tokenRights } = identity;
  const isReadable = scheme === 'bearer' && !secure && !isLoopback(address);
  if (isReadable && !tokenRights?.allowPlaintext) return failure('plaintext_refused');
  const isAllowed = scope === 'session' ? !tokenRights : hasScope(identity, scope);
  return isAllowed ? undefined : failure('scope_missing');
}

/** Whether the credentials may be used for more than what they were checked for. */
export const hasScope = ({ tokenRights }: Identity, scope: Scope): boolean =>
  tokenRights === undefined || tokenRights.scopes.includes(scope);
