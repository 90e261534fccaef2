/**
 * `/w`: one raw WebSocket for all widgets of a page, whoever's page it is. It reads no cookie, asks for no origin and can
 * reach public pages alone (I6).
 *
 *   client.ts   what widgets say          told.ts      what they are told
 *   watches.ts  documents followed here   watch.ts     one of them
 *   scripts.ts  the script and the page that helps to embed it
 *
 * A socket costs little while nothing happens: an object, and for each document a reference and a native topic.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, failure } from '../../../schemas/errors.ts';
import { MAX_WIDGET_DOCUMENTS, type WidgetError } from '../../../schemas/widget.ts';
import { networkOf } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { spreadOver } from '../../lib/spread-over.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';
import type { AddressShares } from '../access/address-quota.ts';
import { closeCodeOf } from '../access/close-codes.ts';
import type { HandshakeRate } from '../access/handshake.ts';
import type { PeerOf } from '../access/peer.ts';
import type { Site } from '../access/site.ts';
import type { RawSocket, UpgradeDecision, UpgradeRequest, WebSocketRoute } from '../listener/listener.ts';
import { parseAddress, parseMessage, type Wanted } from './client.ts';
import { goneOf } from './told.ts';
import type { Watch } from './watch.ts';
import type { Watches } from './watches.ts';

export interface WidgetOptions {
  watches: Watches;
  peerOf: PeerOf;
  site: Site;
  rate: Pick<HandshakeRate, 'take'>;
  /** Sockets of each address. */
  shares: AddressShares;
  clock: Clock;
  log: Logger;
  limits: { maxMessagesPerSecond: number; maxMessageBurst: number; maxBackpressureBytes: number };
}

interface WidgetClient {
  /** Whose share it is of, once it has one. */
  address: string;
  hasShare: boolean;
  /** What the address asked for, or why nothing comes of it; undefined once it was dealt with. */
  wanted: readonly Wanted[] | ErrorCode | undefined;
  readonly followed: Map<string, Watch>;
  /** Documents that are being looked up, and so count already. */
  readonly joining: Set<string>;
  /** Most sockets never say a word. */
  bucket: TokenBucket | undefined;
  /** It is over, or was told so: nothing more is taken from it. */
  closed: boolean;
}

export interface Widget {
  readonly route: WebSocketRoute<WidgetClient>;
  /** Sockets open. */
  count(): number;
  /** Sends every widget elsewhere, one after the other over `spreadMs`: they come back soon after, all to few nodes. */
  drain(spreadMs: number): Promise<void>;
}

type Socket = RawSocket<WidgetClient>;

const IDLE_SECONDS = 120;
const MAX_PAYLOAD_BYTES = 16_384;
/** "Going away". */
const GOING_AWAY = 1001;

export function createWidget({ watches, peerOf, site, rate, shares, clock, log, limits }: WidgetOptions): Widget {
  const sockets = new Set<Socket>();

  function upgrade({ url, headers, info }: UpgradeRequest): UpgradeDecision<WidgetClient> {
    if (!site.serves(headers.get('host'))) return { accept: false, code: 'misdirected' };
    const peer = peerOf({ address: info.remoteAddress, secure: info.secure }, (name) => headers.get(name));
    // A page cannot tell a refused handshake from a network that blocks sockets: what is wrong, a close code says. It costs
    // as little as a refusal: nothing was looked up.
    const wanted = rate.take(peer.address) ? (parseAddress(url) ?? 'bad_request') : 'overloaded';
    return {
      accept: true,
      data: {
        address: networkOf(peer.address),
        hasShare: false,
        wanted,
        followed: new Map(),
        joining: new Set(),
        bucket: undefined,
        closed: false,
      },
    };
  }

  function end(socket: Socket, code: ErrorCode): void {
    socket.data.closed = true;
    socket.close(closeCodeOf({ code }), code);
  }

  function say(socket: Socket, code: ErrorCode): void {
    const { message } = failure(code).error;
    socket.send(JSON.stringify({ type: 'error', code, message } satisfies WidgetError));
  }

  function forget(client: WidgetClient, slug: string): Watch | undefined {
    const watch = client.followed.get(slug);
    client.followed.delete(slug);
    if (watch) watches.leave(watch);
    return watch;
  }

  /** Whether the document is there for anybody; ends the socket when that cannot be told. */
  async function join(socket: Socket, { slug, since }: Wanted): Promise<boolean> {
    const client = socket.data;
    const earlier = client.followed.get(slug);
    if (client.joining.has(slug) || earlier?.ended === false) return true;
    if (earlier) socket.unsubscribe(earlier.topic);
    forget(client, slug);
    client.joining.add(slug);
    try {
      const joined = await watches.join(slug, since, (watch, missed) => {
        // Taken back, or the socket is gone.
        if (client.closed || !client.joining.has(slug) || client.followed.has(slug)) {
          watches.leave(watch);
          return;
        }
        client.followed.set(slug, watch);
        for (const { json } of missed) socket.send(json);
        socket.subscribe(watch.topic);
      });
      if (joined.ok || joined.error.code === 'forbidden') return joined.ok;
      end(socket, joined.error.code);
    } catch (error) {
      log.warn({ err: error }, 'public pages cannot be read');
      end(socket, 'unavailable');
    } finally {
      client.joining.delete(slug);
    }
    return true;
  }

  async function begin(socket: Socket, wanted: readonly Wanted[]): Promise<void> {
    const there = await Promise.all(wanted.map((one) => join(socket, one)));
    if (there.includes(true)) tellGone(socket, wanted, there);
    else end(socket, 'forbidden');
  }

  function tellGone(socket: Socket, wanted: readonly Wanted[], there: readonly boolean[]): void {
    for (const [index, { slug }] of wanted.entries()) if (!there[index]) socket.send(goneOf(slug));
  }

  async function follow(socket: Socket, documents: readonly Wanted[]): Promise<void> {
    const { followed, joining } = socket.data;
    const others = documents.filter(({ slug }) => !followed.has(slug) && !joining.has(slug));
    if (followed.size + joining.size + new Set(others.map(({ slug }) => slug)).size > MAX_WIDGET_DOCUMENTS) {
      say(socket, 'too_many_documents');
      return;
    }
    const there = await Promise.all(documents.map((one) => join(socket, one)));
    tellGone(socket, documents, there);
  }

  return {
    route: {
      path: '/w',
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      idleTimeoutSeconds: IDLE_SECONDS,
      maxBackpressureBytes: limits.maxBackpressureBytes,
      upgrade,
      open(socket) {
        sockets.add(socket);
        const { wanted } = socket.data;
        socket.data.wanted = undefined;
        socket.data.hasShare = shares.take(socket.data.address);
        if (typeof wanted === 'string') end(socket, wanted);
        else if (!socket.data.hasShare) end(socket, 'overloaded');
        else if (wanted) void begin(socket, wanted);
      },
      message(socket, message) {
        const client = socket.data;
        if (client.closed) return;
        const now = clock.now();
        client.bucket ??= new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
        if (!client.bucket.take(now)) {
          end(socket, 'rate_limited');
          return;
        }
        const said = parseMessage(message);
        if (!said) {
          end(socket, 'bad_request');
          return;
        }
        if (said.type === 'follow') {
          void follow(socket, said.documents);
          return;
        }
        for (const slug of said.documents) {
          client.joining.delete(slug);
          const watch = forget(client, slug);
          if (watch) socket.unsubscribe(watch.topic);
        }
      },
      close(socket) {
        const client = socket.data;
        sockets.delete(socket);
        if (client.hasShare) shares.give(client.address);
        client.closed = true;
        for (const watch of client.followed.values()) watches.leave(watch);
        client.followed.clear();
      },
    },
    count: () => sockets.size,
    drain: (spreadMs) =>
      spreadOver(
        sockets,
        spreadMs,
        (socket) => socket.close(GOING_AWAY, 'draining'),
        (ms) => delay(ms, undefined, { ref: false }),
      ),
  };
}
