/** What an API token may be used for, at every front door (DESIGN section 7). A session may do all that its user may. */
import { isIP } from 'node:net';
import { type Failure, failure } from '../../schemas/errors.ts';
import type { Scope } from '../../schemas/http/tokens.ts';
import type { Identity } from '../ports/access.ts';

/** A connection that stays on this machine counts as secure. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * @param secure whether the request came over TLS
 * @param address the peer's, after trusted proxies were taken off
 * @returns `plaintext_refused`, `scope_missing`, or undefined: go on
 */
export function rightsOf(identity: Identity, scope: Scope, secure: boolean, address: string): Failure | undefined {
  const { tokenRights } = identity;
  if (!tokenRights) return undefined;
  if (!secure && !tokenRights.allowPlaintext && !isLoopback(address)) return failure('plaintext_refused');
  return tokenRights.scopes.includes(scope) ? undefined : failure('scope_missing');
}
