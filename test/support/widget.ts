/** The widget surface on a listener, over the real public role and its cache, without the rest of a node. */
import type { ExecutionContext } from 'ava';
import WebSocket from 'ws';
import type { WidgetError, WidgetGone, WidgetLive, WidgetRevision, WidgetSettled } from '../../schemas/widget.ts';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { renderHtml } from '../../src/content/html/html.ts';
import { createAddressQuota } from '../../src/gateway/access/address-quota.ts';
import { createPeerOf } from '../../src/gateway/access/peer.ts';
import { createSite } from '../../src/gateway/access/site.ts';
import { type ApiPorts, createApi } from '../../src/gateway/api/kernel/app.ts';
import { publicOperations } from '../../src/gateway/api/operations/public.ts';
import { createListener } from '../../src/gateway/listener/create-listener.ts';
import type { Listener, ListenerOptions } from '../../src/gateway/listener/listener.ts';
import { UnreadBytes } from '../../src/gateway/listener/unread-bytes.ts';
import { createWidgetEndpoint } from '../../src/gateway/widget/endpoint.ts';
import type { WidgetScripts } from '../../src/gateway/widget/scripts.ts';
import { documentChannel } from '../../src/ports/notices.ts';
import { createPublicCache } from '../../src/published/cache.ts';
import { createPublicChannels } from '../../src/published/public-channels.ts';
import { createNotify } from '../../src/published/publication-notices.ts';
import { everythingEvery, NO_CHANGES } from './changes.ts';
import { fakeDrafts } from './fake-drafts.ts';
import { limits, unreadLimits } from './listener-harness.ts';
import type { ListenerKind } from './node.ts';
import { publicationsOf, watchedReads } from './public.ts';
import { silentLog } from './silent-log.ts';

interface Options {
  tls?: ListenerOptions['tls'];
  /** Milliseconds; left out, so long that only notices count. */
  recheckMs?: number;
  maxMessageBurst?: number;
  handshakes?: number;
  /** False: as in a network that blocks sockets. */
  sockets?: boolean;
  maxBackpressureBytes?: number;
  maxPerAddress?: number;
  scripts?: WidgetScripts;
}

export type WidgetWorld = Awaited<ReturnType<typeof widgetWorld>>;
const FREE = { limit: 1_000, remaining: 999, resetMs: 60_000, waitMs: 0 };

export async function widgetWorld(t: ExecutionContext, kind: ListenerKind, options: Options = {}) {
  const shown = await publicationsOf(t);
  const { reads, asked, fail } = watchedReads(shown.pool);
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const notify = createNotify(cluster);
  const clock = { now: Date.now };
  const cache = createPublicCache({
    reads,
    store: undefined,
    keyPrefix: 'test',
    cluster,
    render: renderHtml,
    clock,
    log: silentLog,
  });
  let listener: Listener;
  const published: string[] = [];
  const drafts = fakeDrafts();
  const channels = createPublicChannels({
    publicPages: cache,
    openDraft: drafts.open,
    cluster,
    log: silentLog,
    maxChannels: 1_000,
    changes: options.recheckMs === undefined ? NO_CHANGES : everythingEvery(t, options.recheckMs),
  });
  let handshakes = options.handshakes ?? 1_000;
  let turnedAway = 0;
  const widget = createWidgetEndpoint({
    shares: createAddressQuota(options.maxPerAddress ?? 10_000),
    channels,
    publish(topic, json) {
      published.push(json);
      listener.publish(topic, json);
    },
    site: createSite(),
    peerOf: createPeerOf([]),
    rate: {
      take() {
        handshakes -= 1;
        if (handshakes < 0) turnedAway += 1;
        return handshakes >= 0;
      },
    },
    clock,
    log: silentLog,
    limits: {
      maxMessagesPerSecond: 1,
      maxMessageBurst: options.maxMessageBurst ?? 100,
      maxBackpressureBytes: options.maxBackpressureBytes ?? 1_048_576,
    },
  });
  const unread = new UnreadBytes(unreadLimits);
  const pipeline = {
    credentials: undefined,
    rates: { address: () => FREE, credential: () => FREE },
    isSecure: () => false,
    isUnavailable: () => true,
    log: silentLog,
  } as unknown as ApiPorts;
  const api = createApi(
    publicOperations({ publicPages: cache, publicChannels: channels, unread, log: silentLog }),
    pipeline,
  );
  listener = await createListener(kind, {
    fetch: (request, info) => options.scripts?.(request) ?? api.fetch(request, info),
    unread,
    limits,
    log: silentLog,
    ...(options.tls && { tls: options.tls }),
  });
  if (options.sockets !== false) listener.route(widget.route);
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    channels.close();
    cache.close();
    await listener.close(0);
    await cluster.close();
  });
  const scheme = options.tls ? 'https' : 'http';

  return {
    ...shown,
    /** What public reads were asked. */
    asked,
    fail,
    cache,
    channels,
    /** What is written live. */
    drafts,
    widget,
    /** Handshakes that may still come in. */
    allow(count: number): void {
      handshakes = count;
    },
    /** Handshakes that were refused so far. */
    turnedAway: () => turnedAway,
    /** Every frame that was encoded for a topic. */
    published,
    url: `${scheme}://127.0.0.1:${port}`,
    /** Publishes and notifies, as a node does. */
    async publish(id: string, text: string, title?: string): Promise<number> {
      const revision = await shown.publish(id, text, title);
      notify(documentChannel(id), { kind: 'published', revision });
      return revision;
    },
    /** Publishes, and the notice is lost. */
    publishSilently: shown.publish,
    /** Changed, and the notice is lost. */
    changeSilently: shown.change,
    async unpublish(id: string): Promise<void> {
      await shown.unpublish(id);
      notify(documentChannel(id), { kind: 'unpublished' });
    },
    async change(id: string, patch: Parameters<typeof shown.change>[1]): Promise<void> {
      await shown.change(id, patch);
      notify(documentChannel(id), { kind: 'changed' });
    },
    connect: (query: string, more?: WebSocket.ClientOptions) =>
      new WidgetSocket(t, `${scheme.replace('http', 'ws')}://127.0.0.1:${port}/w?${query}`, more),
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${scheme}://127.0.0.1:${port}${path}`, { headers }),
  };
}

export type ServerMessage = WidgetRevision | WidgetLive | WidgetSettled | WidgetGone | WidgetError;

/** A socket of a widget that keeps every frame. */
export class WidgetSocket {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly headers: Promise<Record<string, unknown>>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly refused: Promise<number>;
  #read = 0;
  #wake: () => void = () => undefined;

  constructor(t: ExecutionContext, url: string, more: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...more });
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push(isBinary ? 'binary' : data.toString());
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.headers = new Promise((resolve) => this.socket.on('upgrade', ({ headers }) => resolve(headers)));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.refused = new Promise((resolve) => {
      this.socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
    });
    t.teardown(() => this.socket.terminate());
  }

  /** The next message, whenever it comes. */
  async next(): Promise<ServerMessage> {
    while (this.frames.length <= this.#read) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#read += 1;
    return JSON.parse(this.frames[this.#read - 1] ?? '') as ServerMessage;
  }

  /** Numbers of the next revisions. */
  async revisions(count: number): Promise<number[]> {
    const numbers: number[] = [];
    while (numbers.length < count) {
      const message = await this.next();
      if (message.type !== 'revision') throw new Error(`not a revision: ${JSON.stringify(message)}`);
      numbers.push(message.revision);
    }
    return numbers;
  }

  say(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}
