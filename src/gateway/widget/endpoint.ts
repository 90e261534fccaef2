/**
 * `/w`: one raw WebSocket for all widgets of a page, on any site. It reads no cookie, checks no origin and can reach
 * public documents alone (I6).
 *
 *   client-messages.ts  what widgets send     topics.ts  a document's widgets on this node, and what goes to all of them
 *   scripts.ts          the script, and the page that helps to embed it
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
import { goneMessage, type PublicChannels, wholeDraft } from '../../published/public-channels.ts';
import type { AddressQuota } from '../access/address-quota.ts';
import { closeCodeOf } from '../access/close-codes.ts';
import type { HandshakeRate } from '../access/handshake.ts';
import type { PeerOf } from '../access/peer.ts';
import type { Site } from '../access/site.ts';
import type { RawSocket, UpgradeDecision, UpgradeRequest, WebSocketRoute } from '../listener/listener.ts';
import { type FollowRequest, parseAddress, parseMessage } from './client-messages.ts';
import { createWidgetTopics, type Publish, type WidgetTopic } from './topics.ts';

export interface WidgetEndpointOptions {
  channels: Pick<PublicChannels, 'subscribe'>;
  publish: Publish;
  peerOf: PeerOf;
  site: Site;
  rate: Pick<HandshakeRate, 'take'>;
  /** Sockets of each address. */
  shares: AddressQuota;
  clock: Clock;
  log: Logger;
  limits: { maxMessagesPerSecond: number; maxMessageBurst: number; maxBackpressureBytes: number };
}

interface WidgetClient {
  readonly address: string;
  /** Counted among the sockets of its address. */
  hasShare: boolean;
  /** What its address requests, or why it is refused; undefined once that was handled. */
  requested: readonly FollowRequest[] | ErrorCode | undefined;
  readonly followed: Map<string, WidgetTopic>;
  /** Documents that are being looked up, and so count already. */
  readonly joining: Set<string>;
  /** Most sockets never send a message. */
  bucket: TokenBucket | undefined;
  /** Nothing more is taken from it. */
  closed: boolean;
}

export interface WidgetEndpoint {
  readonly route: WebSocketRoute<WidgetClient>;
  /** Sockets open. */
  count(): number;
  /** Closes all sockets, one after the other over `spreadMs`: each comes back to another node soon after. */
  drain(spreadMs: number): Promise<void>;
}

type Socket = RawSocket<WidgetClient>;

const IDLE_SECONDS = 120;
const MAX_PAYLOAD_BYTES = 16_384;
/** "Going away". */
const GOING_AWAY = 1001;

export function createWidgetEndpoint(options: WidgetEndpointOptions): WidgetEndpoint {
  const { channels, peerOf, site, rate, shares, clock, log, limits } = options;
  const sockets = new Set<Socket>();
  const topics = createWidgetTopics(options.publish);

  function upgrade({ url, headers, info }: UpgradeRequest): UpgradeDecision<WidgetClient> {
    if (!site.serves(headers.get('host'))) return { accept: false, code: 'misdirected' };
    const peer = peerOf({ address: info.remoteAddress, secure: info.secure }, (name) => headers.get(name));
    // A page cannot tell a refused handshake from a network that blocks sockets: a close code says what is wrong. It costs
    // as little as a refusal: nothing was looked up.
    const requested = rate.take(peer.address) ? (parseAddress(url) ?? 'bad_request') : 'overloaded';
    return {
      accept: true,
      data: {
        address: networkOf(peer.address),
        hasShare: false,
        requested,
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

  function sendError(socket: Socket, code: ErrorCode): void {
    const { message } = failure(code).error;
    socket.send(JSON.stringify({ type: 'error', code, message } satisfies WidgetError));
  }

  function leave(client: WidgetClient, slug: string): WidgetTopic | undefined {
    const topic = client.followed.get(slug);
    client.followed.delete(slug);
    if (topic) topics.leave(topic);
    return topic;
  }

  /** Whether the document is public; closes the socket when that is not known. */
  async function join(socket: Socket, { slug, position }: FollowRequest): Promise<boolean> {
    const client = socket.data;
    const earlier = client.followed.get(slug);
    if (client.joining.has(slug) || earlier?.channel.isClosed === false) return true;
    if (earlier) socket.unsubscribe(earlier.name);
    leave(client, slug);
    client.joining.add(slug);
    try {
      const joined = await channels.subscribe({ slug, position, userId: undefined }, (channel, missed) => {
        // Unfollowed meanwhile, or the socket is gone.
        if (client.closed || !client.joining.has(slug) || client.followed.has(slug)) return;
        const topic = topics.join(channel);
        client.followed.set(slug, topic);
        // First, so that the widget does not show the revision for a moment.
        const draft = wholeDraft(channel);
        if (draft) socket.send(draft.json);
        for (const { json } of missed) socket.send(json);
        socket.subscribe(topic.name);
      });
      if (joined.ok || joined.code === 'not_found') return joined.ok;
      end(socket, joined.code);
    } catch (error) {
      log.warn({ err: error }, 'could not read public documents');
      end(socket, 'unavailable');
    } finally {
      client.joining.delete(slug);
    }
    return true;
  }

  async function joinFirst(socket: Socket, requests: readonly FollowRequest[]): Promise<void> {
    const found = await Promise.all(requests.map((request) => join(socket, request)));
    if (found.includes(true)) sendGone(socket, requests, found);
    else end(socket, 'forbidden');
  }

  function sendGone(socket: Socket, requests: readonly FollowRequest[], found: readonly boolean[]): void {
    for (const [index, { slug }] of requests.entries()) if (!found[index]) socket.send(goneMessage(slug));
  }

  async function follow(socket: Socket, requests: readonly FollowRequest[]): Promise<void> {
    const { followed, joining } = socket.data;
    const others = requests.filter(({ slug }) => !followed.has(slug) && !joining.has(slug));
    if (followed.size + joining.size + new Set(others.map(({ slug }) => slug)).size > MAX_WIDGET_DOCUMENTS) {
      sendError(socket, 'too_many_documents');
      return;
    }
    const found = await Promise.all(requests.map((request) => join(socket, request)));
    sendGone(socket, requests, found);
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
        const { requested } = socket.data;
        socket.data.requested = undefined;
        socket.data.hasShare = shares.acquire(socket.data.address);
        if (typeof requested === 'string') end(socket, requested);
        else if (!socket.data.hasShare) end(socket, 'overloaded');
        else if (requested) void joinFirst(socket, requested);
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
        const parsed = parseMessage(message);
        if (!parsed) {
          end(socket, 'bad_request');
          return;
        }
        if (parsed.type === 'follow') {
          void follow(socket, parsed.documents);
          return;
        }
        for (const slug of parsed.documents) {
          client.joining.delete(slug);
          const topic = leave(client, slug);
          if (topic) socket.unsubscribe(topic.name);
        }
      },
      close(socket) {
        const client = socket.data;
        sockets.delete(socket);
        if (client.hasShare) shares.release(client.address);
        client.closed = true;
        for (const topic of client.followed.values()) topics.leave(topic);
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
