/** `/v1/sessions`: signing in, who am I, signing out. */
import type { Hono } from 'hono';
import { failure } from '../../../schemas/errors.ts';
import { type CurrentSession, NewSession, type Session } from '../../../schemas/http.ts';
import type { Identity } from '../../ports/access.ts';
import { fromOwnOrigin, type requireIdentity } from './authenticate.ts';
import { checkerOf, readJson } from './body.ts';
import type { ApiEnv, ApiPorts } from './context.ts';
import { clearedCookie, sessionCookie } from './cookies.ts';
import { problem, problemOf } from './problem.ts';
import { resource } from './resource.ts';

const checkNewSession = checkerOf(NewSession);

const current = ({ userId, handle, role, expiresAt }: Identity): CurrentSession => ({
  user: { id: userId, handle, role },
  expiresAt: new Date(expiresAt).toISOString(),
});

export function sessionRoutes(app: Hono<ApiEnv>, ports: ApiPorts, signedIn: ReturnType<typeof requireIdentity>): void {
  const { accounts, attempts, clock, limits, log, onUserChange, sessions } = ports;

  resource(app, '/sessions', {
    POST: [
      async (c) => {
        const secure = c.get('secure');
        // Nobody may sign a visitor in as somebody else by way of another page.
        if (!fromOwnOrigin(c.req.raw, secure, true)) return problemOf('bad_origin');
        const body = await readJson(c.req.raw, limits.maxJsonBytes, checkNewSession);
        if (!body.ok) return body.refusal;
        const { handle, password } = body.value;
        const address = c.env.info.remoteAddress;

        const waitMs = await attempts.attempt(handle, address);
        if (waitMs > 0) {
          log.warn({ handle, address }, 'too many attempts to sign in');
          return problem(failure('rate_limited', waitMs));
        }
        const user = await accounts.authenticate(handle, password);
        if (!user.ok) return problem(user);
        attempts.succeeded(handle, address);

        const userAgent = c.req.header('user-agent');
        const { token, identity } = await sessions.open({ user: user.user, userAgent, ip: address });
        log.info({ userId: identity.userId, sessionId: identity.sessionId }, 'signed in');
        const answer: Session = { token, ...current(identity) };
        return c.json(answer, 201, {
          location: '/v1/sessions/current',
          'set-cookie': sessionCookie(token, secure, identity.expiresAt - clock.now()),
        });
      },
    ],
  });

  resource(app, '/sessions/current', {
    GET: [signedIn, (c) => c.json(current(c.get('identity')))],
    DELETE: [
      signedIn,
      async (c) => {
        const identity = c.get('identity');
        for (const { userId, change } of await sessions.revoke(identity)) onUserChange(userId, change);
        log.info({ userId: identity.userId, sessionId: identity.sessionId }, 'signed out');
        const headers = c.get('proof') === 'cookie' ? { 'set-cookie': clearedCookie(c.get('secure')) } : undefined;
        return c.body(null, 204, headers);
      },
    ],
  });
}
