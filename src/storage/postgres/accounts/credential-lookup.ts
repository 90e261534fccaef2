/**
 * Finds the user behind a secret, a session's or an API token's: by its SHA-256, through a cache. Knows neither how credentials
 * are made nor what their rights mean.
 */
import { createHash } from 'node:crypto';
import type { Scope } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Identity } from '../../../ports/access.ts';
import type { Orm } from '../orm.ts';
import { createSessionCache } from './session-cache.ts';

/** Credentials of each kind that are cached at once. // I9: */
export const CACHED_CREDENTIALS = 10_000;
/** Revocation at another node counts here after this time at the latest. // I6: */
const MAX_CACHE_MS = 2_000;

/** The database holds no secret, only this. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Columns of an `IdentityRow` from a credential's table and `users u`. */
export const identityColumns = (table: string): string =>
  `${table}.id, ${table}.user_id, u.handle, u.role, (extract(epoch from ${table}.expires_at) * 1000)::float8 as expires_ms`;

interface IdentityRow {
  id: string;
  user_id: string;
  handle: string;
  role: 'author' | 'admin';
  expires_ms: number;
  /** Of API tokens only, as the next one. */
  scopes?: Scope[];
  allow_plaintext?: boolean;
}

const toIdentity = ({ id, user_id, handle, role, expires_ms, scopes, allow_plaintext }: IdentityRow): Identity => ({
  userId: user_id,
  handle,
  role,
  sessionId: id,
  expiresAt: Math.floor(expires_ms),
  ...(scopes !== undefined && { tokenRights: { scopes, allowPlaintext: allow_plaintext === true } }),
});

export interface CredentialLookupOptions {
  orm: Orm;
  clock: Clock;
  /** Milliseconds for which a credential that was found valid is cached; 2,000 at most. */
  cacheMs: number;
  /** The form of a secret: anything else costs no query. */
  form: RegExp;
  /** Selects the `IdentityRow` of a hash, `$1`, unless it was revoked. */
  statement: string;
}

export interface CredentialLookup {
  /** Undefined: unknown, expired or revoked. Throws when the database is unavailable. */
  bySecret(secret: string): Promise<Identity | undefined>;
  /** Drops a credential from the cache. */
  forget(id: string): void;
}

export function createCredentialLookup(options: CredentialLookupOptions): CredentialLookup {
  const { orm, clock, cacheMs, form, statement } = options;
  const cache = createSessionCache({
    clock,
    capacity: CACHED_CREDENTIALS,
    maxAgeMs: Math.min(cacheMs, MAX_CACHE_MS),
  });
  return {
    async bySecret(secret) {
      if (!form.test(secret)) return undefined;
      const hash = hashOf(secret);
      const key = hash.toString('base64');
      let identity = cache.get(key);
      if (!identity) {
        const enter = cache.lookup();
        const [row] = await orm.query<IdentityRow>(statement, [hash]);
        if (!row) return undefined;
        identity = toIdentity(row);
        enter(key, identity);
      }
      return identity.expiresAt > clock.now() ? identity : undefined;
    },
    forget: (id) => cache.forget(id),
  };
}
