/**
 * The listener on uWebSockets.js. It does not know what is served. See listener.ts for the rules that it keeps.
 *
 * U3 The native request lives on the stack: it is read before anything else happens, and never kept.
 */
import type { HttpRequest, HttpResponse, TemplatedApp, us_listen_socket } from 'uWebSockets.js';
import type { Server as SocketIoServer } from 'socket.io';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { later } from '../../lib/timers.ts';
import type { ForwardedHeader } from '../access/peer.ts';
import { Exchange } from './exchange.ts';
import { STATUS_LINES } from './http-fast-path.ts';
import { InFlight } from './in-flight.ts';
import { headerOf, LazyRequest, type RawHeaders } from './lazy-request.ts';
import type { Listener, ListenerOptions, WebSocketRoute } from './listener.ts';
import { PortTaken } from './port-taken.ts';
import { type Fields, problem } from './problem.ts';
import { RequestBody } from './request-body.ts';
import { RequestShare } from './request-share.ts';
import { absoluteUrl } from './request-target.ts';
import { UwsConnections } from './uws-connections.ts';
import type { Framing } from './uws-framing.ts';
import { readHead, type UwsGate } from './uws-head.ts';
import type { Uws } from './uws-module.ts';
import { UwsTopics } from './uws-peer.ts';
import { UwsSink, type Wait } from './uws-sink.ts';
import { attachToSocketIo } from './uws-socket-io.ts';
import { UwsUnsentBody } from './uws-unsent-body.ts';
import { UwsWebSockets } from './uws-web-sockets.ts';

export class UwsListener implements Listener {
  readonly kind = 'uws';
  readonly #options: ListenerOptions;
  readonly #uws: Uws;
  readonly #app: TemplatedApp;
  readonly #secure: boolean;
  readonly #topics: UwsTopics;
  readonly #webSockets: UwsWebSockets;
  readonly #connections: UwsConnections;
  readonly #inFlight = new InFlight();
  readonly #gate: UwsGate;
  #listenSocket: us_listen_socket | undefined;
  #draining = false;

  constructor(uws: Uws, options: ListenerOptions) {
    this.#uws = uws;
    this.#options = options;
    this.#connections = new UwsConnections(options);
    const { tls } = options;
    this.#secure = tls !== undefined;
    this.#app =
      tls === undefined ? uws.App() : uws.SSLApp({ key_file_name: tls.keyFile, cert_file_name: tls.certFile });
    this.#gate = {
      secure: this.#secure,
      draining: () => this.#draining,
      connections: this.#connections,
      policies: (response, head) => this.#policies(this.#connections.addressOf(response), head.rawHeaders),
    };
    this.#topics = new UwsTopics(this.#app);
    this.#webSockets = new UwsWebSockets(this.#app, this.#topics, this.#gate, options.log);
    const counted = (response: HttpResponse, change: unknown): void => {
      if (change !== 1) this.#connections.closed();
      else if (!this.#connections.opened(response)) response.close();
    };
    this.#app.filter(counted);
    this.#app.any('/*', (response, request) => this.#serve(response, request));
    const { prefixes = [], paths = [] } = options.fastPath ?? {};
    for (const pattern of [...prefixes.map((prefix) => `${prefix}*`), ...paths]) {
      this.#app.get(pattern, (response, request) => {
        if (!this.#answeredFromMemory(response, request)) this.#serve(response, request);
      });
    }
  }

  attachSocketIo(io: SocketIoServer): void {
    const { limits, log } = this.#options;
    const { socketIoMaxBackpressureBytes: maxBackpressureBytes } = limits;
    attachToSocketIo(io, this.#app, this.#gate, {
      maxBackpressureBytes,
      topics: this.#topics,
      log,
    });
  }

  route<Data>(route: WebSocketRoute<Data>): void {
    this.#webSockets.route(route);
  }

  publish(topic: string, message: Uint8Array | string): void {
    this.#webSockets.publish(topic, message);
  }

  async listen(address: { host: string; port: number }): Promise<{ port: number }> {
    return new Promise((resolve, reject) => {
      const listening = (socket: us_listen_socket | false): void => {
        if (socket === false) {
          reject(new PortTaken(address.host, address.port));
          return;
        }
        this.#listenSocket = socket;
        const port = this.#uws.us_socket_local_port(socket);
        this.#connections.listening(port);
        resolve({ port });
      };
      // Without the exclusive option two processes would share the port silently. The types lack this overload.
      const listen = this.#app.listen as unknown as ListenExclusive;
      listen.call(this.#app, address.host, address.port, this.#uws.LIBUS_LISTEN_EXCLUSIVE_PORT, listening);
    });
  }

  stopAccepting(): void {
    this.#draining = true;
    if (this.#listenSocket !== undefined) this.#uws.us_listen_socket_close(this.#listenSocket);
    this.#listenSocket = undefined;
  }

  async close(deadlineMs: number): Promise<void> {
    this.stopAccepting();
    await this.#inFlight.idle(deadlineMs);
    this.#webSockets.close();
    this.#app.close();
  }

  #serve(response: HttpResponse, request: HttpRequest): void {
    const { limits, log, fetch } = this.#options;
    const head = readHead(request); // U3
    const info = { remoteAddress: this.#connections.addressOf(response), secure: this.#secure };
    const url = absoluteUrl(this.#secure, head.host, head.target);
    const { framing } = head;
    const hasBody = framing.ok && framing.bytes > 0 && head.method !== 'GET' && head.method !== 'HEAD';
    let exchange: Exchange | undefined;
    let live = true;
    const body = hasBody
      ? new RequestBody({
          limitBytes: limits.maxBodyBytes,
          gatherLimitBytes: limits.maxBufferedBodyBytes,
          pause: () => live && response.pause(),
          resume: () => live && response.resume(),
          onTooLarge: () => exchange?.refuse('body_too_large'),
        })
      : null;
    this.#inFlight.begin();
    let timer: NodeJS.Timeout | undefined;
    const client = this.#clientOf(info.remoteAddress, (name) => headerOf(head.rawHeaders, name));
    const share = new RequestShare(this.#options, client, info.remoteAddress);
    const sink = new UwsSink(
      response,
      () => this.#draining,
      (cut) => this.#options.unread.open(client, cut),
      () => {
        live = false;
        clearTimeout(timer);
        this.#inFlight.end();
        share.end();
      },
    );
    response.onAborted(() => {
      sink.aborted();
      exchange?.clientGone();
    });
    const isTaken = share.take();
    const policies = (): Fields => this.#policies(info.remoteAddress, head.rawHeaders);
    const code = this.#refusal(url, framing) ?? (isTaken ? null : 'rate_limited');
    if (url === null || code !== null) {
      const { status, headers, body: text } = problem(code ?? 'bad_request', policies());
      sink.refuse(status, headers, text);
      if (head.waitsForContinue) sink.requestComplete();
      response.onData((_chunk, isLast) => isLast && sink.requestComplete());
      return;
    }

    const lazy = new LazyRequest(head.method, url, head.rawHeaders, body);
    exchange = new Exchange({ request: lazy, body, sink, log, policies, onEnd: () => clearTimeout(timer) });
    if (body !== null) {
      timer = later(limits.requestTimeoutMs, 'a late body', log, () => exchange.refuse('request_timeout'));
      response.onData((chunk, isLast) => {
        // The native buffer is gone when this returns.
        if (chunk.byteLength > 0) body.push(new Uint8Array(chunk.slice(0)));
        if (!isLast) return;
        clearTimeout(timer);
        body.finish();
        sink.requestComplete();
      });
    }
    exchange.run(fetch, { ...info, countsByUser: () => share.countsByUser() });
  }

  /** Of a GET at one of the paths, or below one of the prefixes. Native calls are what this costs. */
  #answeredFromMemory(response: HttpResponse, request: HttpRequest): boolean {
    if (this.#draining || request.getQuery()) return false;
    // U8: a request with a body takes the full path.
    if (hasFraming(request)) return false;
    const answer = this.#options.fastPath?.find({
      path: request.getUrl(),
      header: (name) => wholeHeader(request, name),
      remoteAddress: () => this.#connections.addressOf(response),
      secure: this.#secure,
    });
    if (!answer) return false;
    // What is written while the native handler runs is corked already; 200 is what uWS writes by itself.
    if (answer.status !== 200) response.writeStatus(STATUS_LINES[answer.status]);
    response.writeHeader(answer.block.name, answer.block.rest);
    const { body } = answer;
    if (body === undefined) {
      response.endWithoutBody();
    } else if (!response.tryEnd(body, body.byteLength)[1]) {
      const client = this.#clientOf(this.#connections.addressOf(response), (name) => wholeHeader(request, name));
      const wait: Wait = (cut) => this.#options.unread.open(client, cut);
      this.#inFlight.begin();
      new UwsUnsentBody(response, body, wait, () => this.#inFlight.end());
    }
    return true;
  }

  #clientOf(address: string, header: ForwardedHeader): string {
    return this.#options.clientOf?.(address, header) ?? address;
  }

  #refusal(url: string | null, framing: Framing): ErrorCode | null {
    if (!framing.ok) return framing.code;
    if (url === null) return 'bad_request';
    if (framing.bytes > this.#options.limits.maxBodyBytes) return 'body_too_large';
    return null;
  }

  #policies(address: string, rawHeaders: RawHeaders): Fields {
    const connection = { address, secure: this.#secure };
    return this.#options.securityHeadersOf?.(connection, (name) => headerOf(rawHeaders, name)) ?? [];
  }
}

/** Whether any header says where a body ends, be it with an empty value: by its name uWS gives nothing then, as for none. */
function hasFraming(request: HttpRequest): boolean {
  let has = false;
  request.forEach((name) => {
    if (name === 'content-length' || name === 'transfer-encoding') has = true;
  });
  return has;
}

/**
 * Proxies add a line to those of the client, which stand before it: all of them are one value (RFC 9110, section 5.3). uWS
 * gives the first, which is as good for headers that nobody trusts and costs less.
 */
function wholeHeader(request: HttpRequest, name: string): string {
  const first = request.getHeader(name);
  if (first === '' || !name.startsWith('x-forwarded-')) return first;
  const values: string[] = [];
  request.forEach((other, value) => {
    if (other === name) values.push(value);
  });
  return values.join(', ');
}

type ListenExclusive = (
  host: string,
  port: number,
  options: number,
  listening: (socket: us_listen_socket | false) => void,
) => void;
