/** What sessions and API tokens may be used for, at every front door. A session may do all that its user may. */
import { isIP } from 'node:net';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Scope } from '../../../schemas/http/tokens.ts';
import type { Identity } from '../../ports/access.ts';

/** How a request proved who it is: a token that its sender knows, or a cookie that a browser adds by itself. */
export type Proof = 'bearer' | 'cookie';

export interface Use {
  /** What is asked for; `session`: only a session may. */
  scope: Scope | 'session';
  proof: Proof;
  /** Whether the request came over TLS. */
  secure: boolean;
  /** The peer's, after trusted proxies were taken off. */
  address: string;
}

/** A connection that stays on this machine counts as secure. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * A bearer in the clear could be read on its way, whichever kind it is: a session's is refused as an API token's.
 * @returns `plaintext_refused`, `scope_missing`, or undefined: go on
 */
export function refusalOf({ tokenRights }: Identity, { scope, proof, secure, address }: Use): Failure | undefined {
  const isReadable = proof === 'bearer' && !secure && !isLoopback(address);
  if (isReadable && !tokenRights?.allowPlaintext) return failure('plaintext_refused');
  if (!tokenRights) return undefined;
  return scope !== 'session' && tokenRights.scopes.includes(scope) ? undefined : failure('scope_missing');
}
