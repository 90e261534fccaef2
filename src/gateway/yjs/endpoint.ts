/**
 * `/y/{document}`: the y-websocket protocol for stock Yjs clients. Decides who may come in; a client that may not is let
 * in and closed with a code that tells it why, for a refused handshake tells it nothing.
 *
 *   session.ts    one client               protocol.ts     frames
 *   carets.ts     awareness                close-codes.ts  how it ends
 *   oversized.ts  who sent too large a frame
 */
import { type ErrorBody, failure } from '../../../schemas/errors.ts';
import { WITH_KNOWN } from '../../actors/document/update/limits.ts';
import { every } from '../../every.ts';
import type { Identity } from '../../ports/access.ts';
import type { AddressShares } from '../address-shares.ts';
import { networkOf } from '../api/attempts.ts';
import type { Authenticator } from '../api/authenticate.ts';
import type { RawSocket, UpgradeDecision, UpgradeRequest, WebSocketRoute } from '../listener/listener.ts';
import type { PeerOf } from '../peer.ts';
import { type HandshakeRate, originAllowed } from '../realtime/handshake.ts';
import type { Site } from '../site.ts';
import type { Tickets } from '../tickets.ts';
import { refusalOf } from '../token-rights.ts';
import { closeCodeOf } from './close-codes.ts';
import { Oversized } from './oversized.ts';
import { Session, type SessionLimits, type SessionPorts } from './session.ts';

export interface YjsOptions extends Omit<SessionPorts, 'limits' | 'oversized'> {
  authenticator: Authenticator;
  allowedOrigins: readonly string[];
  peerOf: PeerOf;
  site: Site;
  /** Shared with authors on Socket.IO. */
  rate: HandshakeRate;
  tickets: Pick<Tickets, 'userOf'>;
  /** Sockets of each address that are signed in, of all kinds. */
  signedIn: AddressShares;
  limits: SessionLimits & { maxUpdateBytes: number; maxBackpressureBytes: number };
}

/** One client's socket, from its handshake on. */
type Client =
  | { kind: 'refused'; error: ErrorBody }
  | {
      kind: 'admitted';
      documentId: string;
      identity: Identity;
      network: string;
      session?: Session;
      /** Counted as signed in; false until it counts among its user's sockets. */
      counts: boolean;
    };

export interface Yjs {
  readonly route: WebSocketRoute<Client>;
  close(): void;
}

const PATH = '/y/';
const DOCUMENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A stock client leaves a server that says nothing for 30 s. */
const KEEP_ALIVE_MS = 10_000;
const IDLE_SECONDS = 30;
/** Close code of a message that is larger than `maxPayloadBytes`. */
const TOO_BIG = 1009;
const FRAME_OVERHEAD_BYTES = 4_096;

export function createYjs(options: YjsOptions): Yjs {
  const { authenticator, limits } = options;
  const sessions = new Set<Session>();
  const oversized = new Oversized();
  const keepAlive = every(KEEP_ALIVE_MS, 'signs of life to Yjs clients', options.log, async () => {
    for (const session of sessions) session.keepAlive();
  });

  const refused = (error: ErrorBody): UpgradeDecision<Client> => ({ accept: true, data: { kind: 'refused', error } });

  async function upgrade({ url, headers, info }: UpgradeRequest): Promise<UpgradeDecision<Client>> {
    const peer = options.peerOf({ address: info.remoteAddress, secure: info.secure }, (name) => headers.get(name));
    if (!options.site.serves(headers.get('host'))) return { accept: false, code: 'misdirected' };
    const { pathname, searchParams } = new URL(url);
    const ticketUser = options.tickets.userOf(searchParams.get('ticket'), headers.get('cookie'), peer.secure);
    if (!options.rate.take(peer.address, ticketUser)) return { accept: false, code: 'rate_limited' };
    const token = searchParams.get('token');
    // A browser sends cookies whoever wrote the page; a token has to be known by the page.
    const origin = { origin: headers.get('origin') ?? undefined, host: headers.get('host') ?? undefined };
    if (token === null && !originAllowed(origin, peer.secure, options.allowedOrigins)) {
      return { accept: false, code: 'bad_origin' };
    }
    let identity: Identity | undefined;
    try {
      identity =
        token === null
          ? await authenticator.byCookieHeader(headers.get('cookie'), peer.secure)
          : await authenticator.byToken(token);
    } catch {
      return { accept: false, code: 'unavailable' };
    }
    if (!identity) return refused(failure('unauthenticated').error);
    const proof = token === null ? 'cookie' : 'bearer';
    const lacking = refusalOf(identity, { scope: 'documents:read', proof, ...peer });
    if (lacking) return refused(lacking.error);
    const documentId = pathname.slice(PATH.length);
    if (!DOCUMENT_ID.test(documentId)) return refused(failure('not_found').error);
    const network = networkOf(peer.address);
    return { accept: true, data: { kind: 'admitted', documentId, identity, network, counts: false } };
  }

  const sessionOf = ({ data }: RawSocket<Client>): Session | undefined =>
    data.kind === 'admitted' ? data.session : undefined;

  return {
    route: {
      path: `${PATH}*`,
      // More than an update: a step 2 repeats what is known, and what is too large is refused, not cut off and sent for ever.
      maxPayloadBytes: limits.maxUpdateBytes * WITH_KNOWN + FRAME_OVERHEAD_BYTES,
      idleTimeoutSeconds: IDLE_SECONDS,
      maxBackpressureBytes: limits.maxBackpressureBytes,
      upgrade,
      open(socket) {
        const { data } = socket;
        if (data.kind === 'refused') {
          socket.close(closeCodeOf(data.error), data.error.code);
          return;
        }
        const session = new Session(socket, data.documentId, data.identity, { ...options, oversized });
        data.session = session;
        sessions.add(session);
        void session.begin().then((follows) => {
          data.counts = follows && sessions.has(session) && options.signedIn.take(data.network);
        });
      },
      message: (socket, message) => sessionOf(socket)?.message(message),
      drain: (socket) => sessionOf(socket)?.drained(),
      close({ data }, code) {
        if (data.kind === 'refused' || !data.session) return;
        if (code === TOO_BIG) data.session.cutOff();
        if (data.counts) options.signedIn.give(data.network);
        sessions.delete(data.session);
        data.session.closed();
      },
    },
    close: () => void keepAlive.stop(),
  };
}
