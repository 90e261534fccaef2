/**
 * API tokens: what scripts authenticate with instead of a session. A token is `stet_` and 256 random bits, and exists in clear
 * only in the response to its creation; the database holds its SHA-256. Knows nothing of what the scopes allow.
 *
 * I5: creating and revoking write their audit event in the same transaction. The time of last use is no such change: it is stored in
 * batches, at most once a minute for a token, and no request waits for it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { failure } from '../../../../schemas/errors.ts';
import { type Token as PublicToken, SCOPES, type Scope } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { periodic } from '../../../lib/periodic.ts';
import type { TokenStore } from '../../../ports/tokens.ts';
import { recordEvent } from '../audit/events.ts';
import { Token } from '../entities/tokens.ts';
import type { Orm } from '../orm.ts';
import { CACHED_CREDENTIALS, createCredentialLookup, hashOf, identityColumns } from './credential-lookup.ts';

const TOKEN_BYTES = 32;
const PREFIX = 'stet_';
/** Anything else is no token and costs no query. */
const TOKEN = /^stet_[A-Za-z0-9_-]{43}$/;
/** Tokens of one user that have neither ended nor been revoked (I9). */
export const MAX_TOKENS = 100;
const DAY_MS = 86_400_000;
const DEFAULT_LIFE_MS = 365 * DAY_MS;
/** Ten years, however many of them have a leap day. */
const MAX_LIFE_MS = 3_653 * DAY_MS;
/** Tokens that ended are kept this long; the audit trail has them for ever. */
const KEEP_ENDED_MS = 30 * DAY_MS;
const USES_EVERY_MS = 60_000;

export interface TokenStoreOptions {
  orm: Orm;
  clock: Clock;
  log: Logger;
  /** Milliseconds for which a token that was found valid is cached. Default and maximum 2,000. */
  cacheMs?: number;
}

const FIND = `select ${identityColumns('t')}, t.scopes, t.allow_plaintext
                from tokens t join users u on u.id = t.user_id
               where t.token_hash = $1 and t.revoked_at is null`;

const toPublic = (token: Token): PublicToken => ({
  id: token.id,
  name: token.name,
  scopes: token.scopes as Scope[],
  allowPlaintext: token.allowPlaintext,
  createdAt: token.createdAt.toISOString(),
  expiresAt: token.expiresAt.toISOString(),
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
});

/** What the audit trail says of a token. */
const audited = ({ name, scopes, allowPlaintext, expiresAt }: Token) => ({
  name,
  scopes,
  allowPlaintext,
  expiresAt: expiresAt.toISOString(),
});

/** When a token expires, in milliseconds; or what is wrong with the requested time. */
function endOf(requested: string | undefined, now: number): number | string {
  if (requested === undefined) return now + DEFAULT_LIFE_MS;
  const end = Date.parse(requested);
  if (Number.isNaN(end)) return 'expiresAt: is not a valid time.';
  if (end <= now) return 'expiresAt: must be in the future.';
  return end - now > MAX_LIFE_MS ? 'expiresAt: at most 10 years ahead.' : end;
}

export function createTokenStore({ orm, clock, log, cacheMs = 2_000 }: TokenStoreOptions): TokenStore {
  const lookup = createCredentialLookup({ orm, clock, cacheMs, form: TOKEN, statement: FIND });
  /** Last uses that are not written yet, by token. */
  const uses = new Map<string, number>();

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const written = [...uses];
    try {
      // Rows that another node is writing have its time, which is as good; waiting for them could be waiting in a ring.
      await orm.query(
        `with due as (
           select t.id, u.at from unnest($1::uuid[], $2::timestamptz[]) as u (id, at) join tokens t on t.id = u.id
            where t.last_used_at is null or t.last_used_at <= u.at - interval '1 minute'
              for update of t skip locked)
         update tokens t set last_used_at = due.at from due where t.id = due.id`,
        [written.map(([id]) => id), written.map(([, at]) => new Date(at))],
      );
      for (const [id, at] of written) if (uses.get(id) === at) uses.delete(id);
    } catch (error) {
      log.warn({ err: error, tokens: written.length }, 'could not write the last use of API tokens');
    }
  }
  const writes = periodic(USES_EVERY_MS, 'token usage', log, writeUses);

  function used(id: string, now: number): void {
    // Bounded while the database is away (I9).
    if (uses.size < CACHED_CREDENTIALS || uses.has(id)) uses.set(id, now);
  }

  return {
    async byToken(token) {
      const identity = await lookup.bySecret(token);
      if (identity) used(identity.sessionId, clock.now());
      return identity;
    },

    async list(userId) {
      const live = { userId, revokedAt: null, expiresAt: { $gt: new Date(clock.now()) } };
      const tokens = await orm.em().find(Token, live, { orderBy: { createdAt: 'asc', id: 'asc' } });
      return tokens.map(toPublic);
    },

    async create(actor, userId, { name, scopes, expiresAt, allowPlaintext = false }) {
      const now = clock.now();
      const end = endOf(expiresAt, now);
      if (typeof end === 'string') return { ...failure('bad_request'), detail: end };
      const text = `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
      return await orm.em().transactional(async (tx) => {
        // Counts under a lock on the user.
        await tx.execute('select 1 from users where id = ? for no key update', [userId]);
        const longAgo = new Date(now - KEEP_ENDED_MS);
        const ended = { userId, $or: [{ expiresAt: { $lt: longAgo } }, { revokedAt: { $lt: longAgo } }] };
        await tx.nativeDelete(Token, ended);
        const live = { userId, revokedAt: null, expiresAt: { $gt: new Date(now) } };
        if ((await tx.count(Token, live)) >= MAX_TOKENS) {
          return { ...failure('conflict'), detail: `A user can have at most ${MAX_TOKENS} tokens. Revoke one first.` };
        }
        const token = tx.create(Token, {
          id: randomUUID(),
          userId,
          name: name.toWellFormed(),
          tokenHash: hashOf(text),
          scopes: SCOPES.filter((scope) => scopes.includes(scope)),
          allowPlaintext,
          createdAt: new Date(now),
          expiresAt: new Date(end),
        });
        await tx.flush();
        await recordEvent(tx, {
          action: 'token.created',
          actor,
          target: { kind: 'token', id: token.id },
          outcome: 'ok',
          after: audited(token),
        });
        return { ok: true, token: { ...toPublic(token), token: text } } as const;
      });
    },

    async revoke(actor, userId, id) {
      const revoked = await orm.em().transactional(async (tx) => {
        const token = await tx.findOne(Token, { id, userId });
        const now = new Date(clock.now());
        const live = { id, revokedAt: null, expiresAt: { $gt: now } };
        if (!token || (await tx.nativeUpdate(Token, live, { revokedAt: now })) === 0) return false;
        await recordEvent(tx, {
          action: 'token.revoked',
          actor,
          target: { kind: 'token', id },
          outcome: 'ok',
          before: audited(token),
        });
        return true;
      });
      lookup.forget(id);
      if (!revoked) return failure('not_found');
      return { ok: true, changes: [{ userId, change: { kind: 'session-revoked', sessionId: id } }] };
    },

    forget: lookup.forget,
    writeLastUsed: writes.runNow,
    async close() {
      await writes.stop();
      await writes.runNow();
    },
  };
}
