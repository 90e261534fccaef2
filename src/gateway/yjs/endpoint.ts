/**
 * `/y/{document}`: the y-websocket protocol for stock Yjs clients. Authenticates them; a client that is refused gets an open socket
 * that is closed with a code for the reason, because a browser hides the reason of a refused handshake.
 *
 *   session.ts    one client               protocol.ts     frames
 *   carets.ts     awareness                close-codes.ts  how it ends
 *   oversized-clients.ts  whose last frame was too large
 */
import { type ErrorBody, failure } from '../../../schemas/errors.ts';
import { MAX_KNOWN_RATIO } from '../../actors/document/update/limits.ts';
import { networkOf } from '../../lib/addresses.ts';
import { periodic } from '../../lib/periodic.ts';
import { later } from '../../lib/timers.ts';
import type { Identity } from '../../ports/access.ts';
import type { AddressQuota } from '../access/address-quota.ts';
import type { Authenticator } from '../access/authenticate.ts';
import { closeCodeOf } from '../access/close-codes.ts';
import { type HandshakeRate, originAllowed } from '../access/handshake.ts';
import type { HandshakeTickets } from '../access/handshake-tickets.ts';
import type { Peer, PeerOf } from '../access/peer.ts';
import type { Site } from '../access/site.ts';
import { rightsFailure } from '../access/token-rights.ts';
import type { RawSocket, UpgradeDecision, UpgradeRequest, WebSocketRoute } from '../listener/listener.ts';
import { OversizedClients } from './oversized-clients.ts';
import { Session, type SessionLimits, type SessionPorts } from './session.ts';

export interface YjsOptions extends Omit<SessionPorts, 'limits' | 'oversized'> {
  authenticator: Authenticator;
  allowedOrigins: readonly string[];
  peerOf: PeerOf;
  site: Site;
  /** Shared with authors on Socket.IO. */
  rate: HandshakeRate;
  tickets: Pick<HandshakeTickets, 'userOf'>;
  /** Sockets of each address that are signed in, of all kinds. */
  signedIn: AddressQuota;
  /** Milliseconds that authentication may take. */
  lookUpMs?: number;
  limits: SessionLimits & { maxUpdateBytes: number; maxBackpressureBytes: number };
}

/** One client's socket, from its handshake on. */
interface Client {
  readonly documentId: string;
  readonly peer: Peer;
  readonly credential: { token: string } | { cookies: string | null };
  /** Messages received during authentication; undefined from then on. */
  early: Early | undefined;
  session?: Session;
  /** Counted as signed in; false until it counts among its user's sockets. */
  counts: boolean;
}

interface Early {
  readonly messages: (Uint8Array | string)[];
  bytes: number;
}

export interface Yjs {
  readonly route: WebSocketRoute<Client>;
  close(): void;
}

const PATH = '/y/';
const DOCUMENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A stock client leaves a server that is silent for 30 s. */
const KEEP_ALIVE_MS = 10_000;
const IDLE_SECONDS = 30;
/** Close code of a message that is larger than `maxPayloadBytes`. */
const TOO_BIG = 1009;
/** Longest authentication, milliseconds: with a database that hangs, waiting messages take memory. // I9: */
const LOOK_UP_MS = 15_000;
/** Close code of a socket that failed by a fault of ours, as it is of the route's callbacks (LISTENER2). */
const FAILED = 1011;
const FRAME_OVERHEAD_BYTES = 4_096;
/** Messages that may wait for authentication; a stock client begins with two. // I9: */
const MAX_EARLY_MESSAGES = 64;

export function createYjs(options: YjsOptions): Yjs {
  const { authenticator, limits } = options;
  const sessions = new Set<Session>();
  const oversized = new OversizedClients();
  const keepAlive = periodic(KEEP_ALIVE_MS, 'signs of life to Yjs clients', options.log, async () => {
    for (const session of sessions) session.keepAlive();
  });

  function upgrade({ url, headers, info }: UpgradeRequest): UpgradeDecision<Client> {
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
    const credential = token === null ? { cookies: headers.get('cookie') } : { token };
    const documentId = pathname.slice(PATH.length);
    return { accept: true, data: { documentId, peer, credential, early: { messages: [], bytes: 0 }, counts: false } };
  }

  async function identify({ documentId, peer, credential }: Client): Promise<Identity | ErrorBody> {
    let identity: Identity | undefined;
    try {
      identity =
        'token' in credential
          ? await authenticator.byToken(credential.token)
          : await authenticator.byCookieHeader(credential.cookies, peer.secure);
    } catch {
      return failure('unavailable').error;
    }
    if (!identity) return failure('unauthenticated').error;
    const scheme = 'token' in credential ? 'bearer' : 'cookie';
    const lacking = rightsFailure(identity, { scope: 'documents:read', scheme, ...peer });
    if (lacking) return lacking.error;
    return DOCUMENT_ID.test(documentId) ? identity : failure('not_found').error;
  }

  async function enter(socket: RawSocket<Client>): Promise<void> {
    const { data } = socket;
    const late = later(options.lookUpMs ?? LOOK_UP_MS, 'a Yjs client', options.log, () => {
      refuse(socket, failure('unavailable').error);
    }).unref();
    const found = await identify(data).finally(() => clearTimeout(late));
    const { early } = data;
    if (!early) return;
    if ('code' in found) {
      refuse(socket, found);
      return;
    }
    data.early = undefined;
    const session = new Session(socket, data.documentId, found, { ...options, oversized });
    data.session = session;
    sessions.add(session);
    const begun = session.begin();
    for (const message of early.messages) session.message(message);
    const follows = await begun;
    data.counts = follows && sessions.has(session) && options.signedIn.acquire(networkOf(data.peer.address));
  }

  /** Refuses a client during authentication; no effect afterwards. */
  function refuse(socket: RawSocket<Client>, error: ErrorBody): void {
    if (!socket.data.early) return;
    socket.data.early = undefined;
    socket.close(closeCodeOf(error), error.code);
  }

  function onMessage(socket: RawSocket<Client>, message: Uint8Array | string): void {
    const { session, early } = socket.data;
    session?.message(message);
    if (!early) return;
    early.messages.push(message);
    early.bytes += message.length;
    if (early.messages.length > MAX_EARLY_MESSAGES || early.bytes > maxPayloadBytes) {
      refuse(socket, failure('rate_limited').error);
    }
  }

  // More than an update: a step 2 repeats what is known, and what is too large is refused, not cut off and sent for ever.
  const maxPayloadBytes = limits.maxUpdateBytes * MAX_KNOWN_RATIO + FRAME_OVERHEAD_BYTES;
  return {
    route: {
      path: `${PATH}*`,
      maxPayloadBytes,
      idleTimeoutSeconds: IDLE_SECONDS,
      maxBackpressureBytes: limits.maxBackpressureBytes,
      upgrade,
      open(socket) {
        enter(socket).catch((error: unknown) => {
          options.log.error({ err: error, documentId: socket.data.documentId }, 'could not accept a Yjs client');
          socket.data.early = undefined;
          socket.close(FAILED, 'internal error');
        });
      },
      message: onMessage,
      drain: ({ data }) => data.session?.drained(),
      close({ data }, code) {
        data.early = undefined;
        if (!data.session) return;
        if (code === TOO_BIG) data.session.frameTooLarge();
        if (data.counts) options.signedIn.release(networkOf(data.peer.address));
        sessions.delete(data.session);
        data.session.closed();
      },
    },
    close: () => void keepAlive.stop(),
  };
}
