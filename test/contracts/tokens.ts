// What every implementation of the port of API tokens does: made once, used within their time, gone everywhere when revoked.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { NewToken } from '../../schemas/http.ts';
import type { TokenStore } from '../../src/ports/tokens.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface TokensWorld extends Pick<People, 'clock' | 'person'> {
  /** A store as a node has it. */
  tokens(): TokenStore;
  /** A store whose database cannot be reached. */
  unreachable(): Promise<TokenStore>;
  /** Gives a user so many valid tokens, none of which the test uses. */
  fill(userId: string, count: number): Promise<void>;
  /** Tokens that a user may have. */
  readonly most: number;
}

const YEAR_MS = 365 * 86_400_000;
const PLAIN: NewToken = { name: 'Export', scopes: ['documents:read'] };

export function tokensContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<TokensWorld>,
): void {
  const rule = rulesOf(test, `tokens, ${name}`, worldOf);

  async function make(tokens: TokenStore, { actor, userId }: Person, token: NewToken = PLAIN) {
    const made = await tokens.create(actor, userId, token);
    if (!made.ok) throw new Error(made.detail);
    return made.token;
  }
  const idsOf = async (tokens: TokenStore, { userId }: Person) => (await tokens.list(userId)).map(({ id }) => id);

  rule('a token leads to its user and rights, and only its creation shows it', async (t, world) => {
    const [here, there] = [world.tokens(), world.tokens()];
    const [ann, bob] = [await world.person(), await world.person()];
    const made = await make(here, ann, { name: '\ud83d half', scopes: ['publish', 'documents:read'] });
    t.like(made, { name: '\ufffd half', allowPlaintext: false, lastUsedAt: null });
    t.deepEqual(made.scopes, ['documents:read', 'publish'], 'in the order of the description');
    t.is(made.createdAt, new Date(world.clock.now()).toISOString());
    t.is(Date.parse(made.expiresAt), world.clock.now() + YEAR_MS, 'a year, where no time is given');
    const identity = {
      userId: ann.userId,
      handle: ann.handle,
      role: 'author',
      sessionId: made.id,
      expiresAt: Date.parse(made.expiresAt),
      tokenRights: { scopes: made.scopes, allowPlaintext: false },
    } as const;
    for (const tokens of [here, there]) t.deepEqual(await tokens.byToken(made.token), identity);
    const { token: secret, ...listed } = made;
    t.deepEqual(await there.list(ann.userId), [listed]);
    t.false(JSON.stringify(await here.list(ann.userId)).includes(secret));
    t.deepEqual(await here.list(bob.userId), []);
  });

  rule('what is no token, or nobody’s, leads to nobody', async (t, world) => {
    const tokens = world.tokens();
    for (const token of ['', 'stet_', 'A'.repeat(43), `stet_${'A'.repeat(42)}`, `stet_${'A'.repeat(43)}`]) {
      t.is(await tokens.byToken(token), undefined, token);
    }
  });

  rule('a token ends at the time that was asked for, ten years ahead at most', async (t, world) => {
    const tokens = world.tokens();
    const ann = await world.person();
    const at = (ms: number) => new Date(world.clock.now() + ms).toISOString();
    for (const expiresAt of [at(-1), at(0), at(11 * YEAR_MS), 'tomorrow', '']) {
      const refused = await tokens.create(ann.actor, ann.userId, { ...PLAIN, expiresAt });
      t.like(refused, { ok: false, error: { code: 'bad_request' } }, expiresAt);
    }
    const long = await make(tokens, ann, { ...PLAIN, expiresAt: at(10 * YEAR_MS) });
    const short = await make(tokens, ann, { ...PLAIN, expiresAt: at(1_000) });
    world.clock.advance(999);
    t.truthy(await tokens.byToken(short.token));
    world.clock.advance(1);
    t.is(await tokens.byToken(short.token), undefined);
    t.deepEqual(await idsOf(tokens, ann), [long.id]);
  });

  rule('tokens are listed oldest first', async (t, world) => {
    const tokens = world.tokens();
    const ann = await world.person();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      world.clock.advance(1_000);
      made.push((await make(tokens, ann)).id);
    }
    t.deepEqual(await idsOf(tokens, ann), made);
  });

  rule(
    'I6 a revoked token ends at once on this node, on others within two seconds or when they hear of it',
    async (t, world) => {
      const [here, slow, notified] = [world.tokens(), world.tokens(), world.tokens()];
      const [ann, eve] = [await world.person(), await world.person()];
      const { id, token } = await make(here, ann);
      for (const tokens of [here, slow, notified]) t.truthy(await tokens.byToken(token));
      t.like(await here.revoke(eve.actor, eve.userId, id), { ok: false, error: { code: 'not_found' } }, 'another’s');
      t.truthy(await here.byToken(token));
      t.deepEqual(await here.revoke(ann.actor, ann.userId, id), {
        ok: true,
        changes: [{ userId: ann.userId, change: { kind: 'session-revoked', sessionId: id } }],
      });
      t.is(await here.byToken(token), undefined);
      notified.forget(id);
      t.is(await notified.byToken(token), undefined);
      world.clock.advance(2_000);
      t.is(await slow.byToken(token), undefined);
      t.deepEqual(await here.list(ann.userId), []);
    },
  );

  rule('revoking fails for a token that is unknown, or ended before', async (t, world) => {
    const tokens = world.tokens();
    const ann = await world.person();
    const [revoked, expired] = [
      await make(tokens, ann),
      await make(tokens, ann, { ...PLAIN, expiresAt: new Date(world.clock.now() + 1).toISOString() }),
    ];
    await tokens.revoke(ann.actor, ann.userId, revoked.id);
    world.clock.advance(1);
    for (const id of [revoked.id, expired.id, randomUUID()]) {
      t.like(await tokens.revoke(ann.actor, ann.userId, id), { ok: false, error: { code: 'not_found' } });
    }
    const { id } = await make(tokens, ann);
    const all = await Promise.all(Array.from({ length: 5 }, () => world.tokens().revoke(ann.actor, ann.userId, id)));
    t.is(all.filter(({ ok }) => ok).length, 1, 'of many at once one revokes it');
  });

  rule('I9 a user has so many valid tokens and no more, however they are asked for', async (t, world) => {
    const ann = await world.person();
    await world.fill(ann.userId, world.most - 1);
    const tokens = world.tokens();
    const asked = await Promise.all(
      Array.from({ length: 5 }, () => world.tokens().create(ann.actor, ann.userId, PLAIN)),
    );
    t.deepEqual(asked.map((made) => (made.ok ? 'ok' : made.error.code)).toSorted(), [
      ...Array.from({ length: 4 }, () => 'conflict'),
      'ok',
    ]);
    const [first = ''] = await idsOf(tokens, ann);
    await tokens.revoke(ann.actor, ann.userId, first);
    t.like(await tokens.create(ann.actor, ann.userId, PLAIN), { ok: true });
    t.like(await tokens.create(ann.actor, ann.userId, PLAIN), { ok: false, error: { code: 'conflict' } });
  });

  rule(
    'the last use of a token is stored in the background, once a minute at most over all nodes',
    async (t, world) => {
      const [here, there] = [world.tokens(), world.tokens()];
      const ann = await world.person();
      const { token } = await make(here, ann);
      const lastUsed = async () => (await here.list(ann.userId))[0]?.lastUsedAt;
      const first = new Date(world.clock.now()).toISOString();
      await here.byToken(token);
      t.is(await lastUsed(), null, 'no request waits for it');
      await here.writeLastUsed();
      t.is(await lastUsed(), first);
      world.clock.advance(59_000);
      for (const tokens of [here, there]) {
        await tokens.byToken(token);
        await tokens.writeLastUsed();
        t.is(await lastUsed(), first, 'not within the minute');
      }
      world.clock.advance(1_000);
      await here.byToken(token);
      await here.close();
      t.is(await lastUsed(), new Date(world.clock.now()).toISOString(), 'closing stores the remaining ones');
    },
  );

  rule('without the database a token throws, and storing last uses does not', async (t, world) => {
    const tokens = await world.unreachable();
    await t.throwsAsync(tokens.byToken(`stet_${'A'.repeat(43)}`));
    await tokens.writeLastUsed();
    await tokens.close();
    t.pass();
  });
}
