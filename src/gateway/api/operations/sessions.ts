/** `/v1/sessions`: signing in, the current session, signing out. */
import { failure } from '../../../../schemas/errors.ts';
import { CurrentSession, HandshakeTicket, NewSession, Session } from '../../../../schemas/http.ts';
import { networkOf } from '../../../lib/addresses.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Identity, PublishUserChange } from '../../../ports/access.ts';
import type { SessionStore } from '../../../ports/sessions.ts';
import type { UserStore } from '../../../ports/users.ts';
import { fromOwnOrigin } from '../../access/authenticate.ts';
import { clearedCookie, sessionCookie, setCookie } from '../../access/cookies.ts';
import type { HandshakeTickets } from '../../access/handshake-tickets.ts';
import type { KnownDevices } from '../../access/known-devices.ts';
import type { SignInThrottle } from '../../access/sign-in-throttle.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { noParams, noQuery } from './paths.ts';

const tag = 'Sessions';

const current = ({ userId, handle, role, expiresAt }: Identity): CurrentSession => ({
  user: { id: userId, handle, role },
  expiresAt: new Date(expiresAt).toISOString(),
});

export interface SessionPorts {
  accounts: Pick<UserStore, 'authenticate'>;
  sessions: Pick<SessionStore, 'open' | 'revoke' | 'wasOpenedFrom'>;
  /** Guard sign-in. */
  attempts: SignInThrottle;
  devices: KnownDevices;
  tickets: Pick<HandshakeTickets, 'issue'>;
  onUserChange: PublishUserChange;
  clock: Clock;
  log: Logger;
}

export function sessionOperations(ports: SessionPorts): Operation[] {
  const { accounts, attempts, clock, devices, log, onUserChange, sessions, tickets } = ports;
  return [
    jsonOperation({
      id: 'signIn',
      method: 'post',
      path: '/sessions',
      tag,
      summary: 'Sign in',
      description:
        'Signs in with username and password. Returns a bearer token, and sets the session cookie for browsers. `handle` is the username.',
      access: 'public',
      params: noParams,
      query: noQuery,
      json: NewSession,
      responses: {
        201: {
          description: 'The new session',
          content: { 'application/json': Session },
          headers: {
            'Set-Cookie':
              'The session; the known device, whose sign-in attempts have a rate limit of their own; and a handshake ticket',
          },
        },
      },
      errors: ['bad_credentials', 'bad_origin', 'overloaded'],
      async handle({ actor, body: { handle, password }, headers, info, raw, secure }) {
        // Another site's page must not sign a visitor in as someone else (login CSRF).
        if (!fromOwnOrigin(raw, secure, true)) return problemOf('bad_origin');
        const address = info.remoteAddress;
        const device = devices.find(headers.get('cookie'), secure, handle);
        const isKnownNetwork = (network: string) => sessions.wasOpenedFrom(handle, network);
        const attempt = await attempts.attempt({ handle, address, device, isKnownNetwork });
        if (attempt.kind === 'refused') {
          log.debug({ handle, address }, 'sign-in attempt throttled');
          return problem(failure('rate_limited', attempt.waitMs));
        }
        const turn = { known: attempt.isKnown, owner: device ?? networkOf(address) };
        let user: Awaited<ReturnType<typeof accounts.authenticate>> | undefined;
        try {
          user = await accounts.authenticate(handle, password, actor, turn);
        } finally {
          if (user?.ok || user?.error.code !== 'bad_credentials') attempt.refund();
        }
        if (!user.ok) return problem(user);
        const userAgent = headers.get('user-agent') ?? undefined;
        const { token, identity } = await sessions.open({ user: user.user, userAgent, ip: address, actor });
        log.info({ userId: identity.userId, sessionId: identity.sessionId }, 'signed in');
        const answer = json({ token, ...current(identity) } satisfies Session, 201, {
          location: '/v1/sessions/current',
          'set-cookie': sessionCookie(token, secure, identity.expiresAt - clock.now()),
        });
        answer.headers.append('set-cookie', devices.remember(handle, secure, device));
        const { ticket, expiresAt } = tickets.issue(identity.userId, identity.expiresAt);
        answer.headers.append('set-cookie', setCookie('ticket', ticket, secure, expiresAt - clock.now()));
        return answer;
      },
    }),
    operation({
      id: 'getCurrentSession',
      method: 'get',
      path: '/sessions/current',
      tag,
      summary: 'Get the current session',
      description: 'Returns the user and the expiry of the session that sends the request.',
      access: 'session',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'The session', content: { 'application/json': CurrentSession } } },
      errors: [],
      handle: ({ identity }) => json(current(identity)),
    }),
    operation({
      id: 'getHandshakeTicket',
      method: 'get',
      path: '/handshake-ticket',
      tag,
      summary: 'Get a handshake ticket',
      description:
        'Returns a ticket for opening sockets. Send it as the query parameter `ticket`, so that the handshake counts against your own rate limit and not against the one that anonymous clients share. A ticket grants no access. Browsers that are signed in have it as a cookie.',
      access: 'documents:read',
      params: noParams,
      query: noQuery,
      responses: {
        200: { description: 'A ticket that all nodes accept', content: { 'application/json': HandshakeTicket } },
      },
      errors: [],
      handle({ identity }) {
        const { ticket, expiresAt } = tickets.issue(identity.userId, identity.expiresAt);
        return json({ ticket, expiresAt: new Date(expiresAt).toISOString() } satisfies HandshakeTicket);
      },
    }),
    operation({
      id: 'signOut',
      method: 'delete',
      path: '/sessions/current',
      tag,
      summary: 'Sign out',
      description: 'Ends the session that sends the request, and closes its connections.',
      access: 'session',
      params: noParams,
      query: noQuery,
      responses: { 204: { description: 'Signed out' } },
      errors: [],
      async handle({ actor, headers, identity, secure }) {
        for (const { userId, change } of await sessions.revoke(identity, actor)) onUserChange(userId, change);
        log.info({ userId: identity.userId, sessionId: identity.sessionId }, 'signed out');
        return empty(headers.has('authorization') ? {} : { 'set-cookie': clearedCookie(secure) });
      },
    }),
  ];
}
