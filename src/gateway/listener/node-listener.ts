/**
 * The listener on node:http and ws, for hosts where uWebSockets.js cannot load.
 * It does not know what is served. See listener.ts for the rules that it keeps.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server as SocketIoServer } from 'socket.io';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { networkOf, normalizeAddress } from '../../lib/addresses.ts';
import { later } from '../../lib/timers.ts';
import { type AddressQuota, createAddressQuota } from '../access/address-quota.ts';
import { Exchange } from './exchange.ts';
import { InFlight } from './in-flight.ts';
import { headerOf, LazyRequest } from './lazy-request.ts';
import type { Listener, ListenerOptions, RequestInfo, WebSocketRoute } from './listener.ts';
import { isWaiting, NodeSink } from './node-sink.ts';
import { attachToSocketIo, type SocketIoUpgrades } from './node-socket-io.ts';
import { NodeWebSockets } from './node-web-sockets.ts';
import { PortTaken } from './port-taken.ts';
import { type Fields, problem, rawProblem } from './problem.ts';
import { RequestBody } from './request-body.ts';
import { RequestShare } from './request-share.ts';
import { absoluteUrl, declaredBodyBytes } from './request-target.ts';
import type { UnreadOfConnection } from './unread-bytes.ts';

/** How often node looks for heads that take too long. */
const HEAD_CHECK_INTERVAL_MS = 1_000;

export class NodeListener implements Listener {
  readonly kind = 'node';
  readonly #options: ListenerOptions;
  readonly #secure: boolean;
  readonly #server: Server;
  readonly #webSockets: NodeWebSockets;
  readonly #socketIo: SocketIoUpgrades[] = [];
  readonly #inFlight = new InFlight();
  readonly #connections = new Set<Socket>();
  /** Neither asked on nor upgraded, the one that has been so longest first. */
  readonly #idle = new Set<Duplex>();
  readonly #perAddress: AddressQuota;
  readonly #answering = new WeakSet<Duplex>();
  #draining = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#secure = options.tls !== undefined;
    this.#perAddress = createAddressQuota(
      (network) => options.limits.maxConnectionsPerAddress + (options.signedIn?.count(network) ?? 0),
    );
    this.#webSockets = new NodeWebSockets(options.log, (request) => this.#policies(request));
    const { limits, tls } = options;
    const http = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(HEAD_CHECK_INTERVAL_MS, limits.headersTimeoutMs),
      // Bodies have a timer of ours, which answers as uWS does.
      requestTimeout: 0,
      // Node's own answer bears no policies.
      requireHostHeader: false,
      noDelay: true,
      shouldUpgradeCallback: (request: IncomingMessage) => this.#upgradable(request),
    };
    this.#server =
      tls === undefined
        ? createServer(http)
        : createTlsServer({ ...http, key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) });
    this.#server.on('request', (request, response) => this.#serve(request, response));
    this.#server.on('checkContinue', (request, response) => {
      const declared = declaredBodyBytes(request.headers['content-length'] ?? '', '');
      if (declared !== null && declared !== 'chunked' && declared <= limits.maxBodyBytes) response.writeContinue();
      this.#serve(request, response);
    });
    // RFC 9110, section 10.1.1: an expectation that nobody knows may be ignored, as uWS does.
    this.#server.on('checkExpectation', (request, response) => this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (error, socket) => this.#clientError(error, socket));
    this.#server.on('connection', (socket) => {
      this.#opened(socket);
    });
  }

  attachSocketIo(io: SocketIoServer): void {
    const { socketIoMaxBackpressureBytes: maxBackpressureBytes } = this.#options.limits;
    const policies = (request: IncomingMessage): Fields => this.#policies(request);
    this.#socketIo.push(attachToSocketIo(io, { maxBackpressureBytes, policies, log: this.#options.log }));
  }

  route<Data>(route: WebSocketRoute<Data>): void {
    this.#webSockets.route(route);
  }

  publish(topic: string, message: Uint8Array | string): void {
    this.#webSockets.publish(topic, message);
  }

  async listen(address: { host: string; port: number }): Promise<{ port: number }> {
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL';
        reject(taken ? new PortTaken(address.host, address.port) : error);
      };
      this.#server.once('error', failed);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off('error', failed);
        resolve();
      });
    });
    return { port: (this.#server.address() as AddressInfo).port };
  }

  stopAccepting(): void {
    if (this.#draining) return;
    this.#draining = true;
    // http's own close would also cut idle connections, and with them a request that is on its way.
    if (this.#server.listening) NetServer.prototype.close.call(this.#server);
  }

  async close(deadlineMs: number): Promise<void> {
    this.stopAccepting();
    await this.#inFlight.idle(deadlineMs);
    this.#webSockets.close();
    this.#server.close(() => undefined);
    const gone = [...this.#connections].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#connections) socket.destroy();
    await Promise.all(gone);
  }

  /** I9 */
  #opened(socket: Socket): void {
    const { isProxy, limits } = this.#options;
    const address = normalizeAddress(socket.remoteAddress ?? '');
    const network = networkOf(address);
    const isCounted = !isProxy?.(address);
    if (isCounted && !this.#perAddress.acquire(network)) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#idle.delete(socket);
      if (isCounted) this.#perAddress.release(network);
    });
    if (this.#connections.size > limits.maxConnections) {
      const [oldest = socket] = this.#idle;
      oldest.destroy();
    }
    if (!socket.destroyed) this.#idle.add(socket);
  }

  #info(request: IncomingMessage): RequestInfo {
    return { remoteAddress: normalizeAddress(request.socket.remoteAddress ?? ''), secure: this.#secure };
  }

  #answeredFromMemory(request: IncomingMessage, response: ServerResponse): boolean {
    const { fastPath } = this.#options;
    const { headers, method, url = '' } = request;
    if (!fastPath || this.#draining || method !== 'GET' || url.includes('?')) return false;
    if (!fastPath.paths.includes(url) && !fastPath.prefixes.some((prefix) => url.startsWith(prefix))) return false;
    const answer = fastPath.find({
      path: url,
      header(name) {
        const value = headers[name];
        return Array.isArray(value) ? value.join(', ') : (value ?? '');
      },
      remoteAddress: () => this.#info(request).remoteAddress,
      secure: this.#secure,
    });
    if (!answer) return false;
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    if (answer.body) response.setHeader('content-length', answer.body.byteLength);
    response.writeHead(answer.status);
    response.end(answer.body && new Uint8Array(answer.body));
    if (answer.body && isWaiting(response)) {
      const unread = this.#wait(response, answer.body);
      response.once('close', () => unread.end());
    }
    return true;
  }

  /** I9: an answer that waits to be read is counted, and has to make progress. */
  #wait(response: ServerResponse, buffer: ArrayBufferLike): UnreadOfConnection {
    const { req, socket } = response;
    const { clientOf, limits } = this.#options;
    const { remoteAddress } = this.#info(req);
    const client = clientOf?.(remoteAddress, (name) => headerOf(req.rawHeaders, name)) ?? remoteAddress;
    const unread = this.#options.unread.open(client, () => setImmediate(() => response.destroy()));
    unread.add(buffer);
    // Restarted by whatever of a write the system takes; what http does about it is a cut.
    socket?.setTimeout(limits.unreadTimeoutMs);
    return unread;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (this.#answeredFromMemory(request, response)) return;
    const { limits, log, fetch } = this.#options;
    const { headers } = request;
    const declared = declaredBodyBytes(headers['content-length'] ?? '', headers['transfer-encoding'] ?? '');
    const url = absoluteUrl(this.#secure, headers.host ?? '', request.url ?? '');
    const hasBody = declared !== 0 && request.method !== 'GET' && request.method !== 'HEAD';
    if (declared !== 0) this.#boundBody(request);
    let exchange: Exchange | undefined;
    const body = hasBody
      ? new RequestBody({
          limitBytes: limits.maxBodyBytes,
          gatherLimitBytes: limits.maxBufferedBodyBytes,
          pause: () => request.pause(),
          resume: () => request.resume(),
          onTooLarge: () => exchange?.refuse('body_too_large'),
        })
      : null;
    const lingering = (): boolean => declared === 'chunked' && body?.complete === false;
    const waits = (waiting: ServerResponse, buffer: ArrayBufferLike): UnreadOfConnection => this.#wait(waiting, buffer);
    const sink = new NodeSink(response, () => this.#draining || lingering(), waits);
    const info = this.#info(request);
    const { remoteAddress } = info;
    const client =
      this.#options.clientOf?.(remoteAddress, (name) => headerOf(request.rawHeaders, name)) ?? remoteAddress;
    const share = new RequestShare(this.#options, client, remoteAddress);
    const code = this.#refusal(request, url, declared) ?? (share.take() ? null : 'rate_limited');
    if (url === null || code !== null) {
      const { status, headers, body } = problem(code ?? 'bad_request', this.#policies(request));
      sink.refuse(status, headers, body);
      return;
    }

    this.#inFlight.begin();
    this.#answering.add(request.socket);
    this.#idle.delete(request.socket);
    let timer: NodeJS.Timeout | undefined;
    const lazy = new LazyRequest(request.method ?? 'GET', url, request.rawHeaders, body);
    exchange = new Exchange({
      request: lazy,
      body,
      sink,
      log,
      policies: () => this.#policies(request),
      onEnd: () => {
        clearTimeout(timer);
        this.#answering.delete(request.socket);
        if (body !== null && !request.readableEnded) request.resume();
      },
    });
    response.once('close', () => {
      exchange.clientGone();
      this.#inFlight.end();
      share.end();
      if (!request.socket.destroyed) this.#idle.add(request.socket);
    });
    request.on('error', () => undefined);
    if (body === null) {
      request.resume();
    } else {
      timer = later(limits.requestTimeoutMs, 'a late body', log, () => exchange.refuse('request_timeout'));
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.once('end', () => {
        clearTimeout(timer);
        body.finish();
      });
    }
    exchange.run(fetch, { ...info, countsByUser: () => share.countsByUser() });
  }

  /** I9: a body has its time also once it is answered, or when nobody asked for one: it drips on a connection that counts. */
  #boundBody(request: IncomingMessage): void {
    const { socket } = request;
    const { requestTimeoutMs, keepAliveTimeoutMs } = this.#options.limits;
    const timer = setTimeout(() => socket.destroy(), requestTimeoutMs + keepAliveTimeoutMs);
    const over = (): void => {
      clearTimeout(timer);
      socket.off('close', over);
    };
    request.once('end', over);
    socket.once('close', over);
  }

  #refusal(request: IncomingMessage, url: string | null, declared: number | 'chunked' | null): ErrorCode | null {
    if (url === null || declared === null || isWithoutHost(request)) return 'bad_request';
    if (declared !== 'chunked' && declared > this.#options.limits.maxBodyBytes) return 'body_too_large';
    if (this.#socketIo.some(({ path }) => request.url?.startsWith(path))) return 'websocket_only';
    return null;
  }

  #policies(request?: IncomingMessage): Fields {
    const remoteAddress = request ? this.#info(request).remoteAddress : '';
    const header = (name: string): string | null => (request ? headerOf(request.rawHeaders, name) : null);
    return this.#options.securityHeadersOf?.({ address: remoteAddress, secure: this.#secure }, header) ?? [];
  }

  #upgradable(request: IncomingMessage): boolean {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    const target = request.url ?? '';
    return this.#socketIo.some(({ path }) => target.startsWith(path)) || this.#webSockets.serves(target);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#idle.delete(socket);
    const url = absoluteUrl(this.#secure, request.headers.host ?? '', request.url ?? '');
    const socketIo = this.#socketIo.find(({ path }) => request.url?.startsWith(path));
    if (this.#draining) this.#endWith(socket, 'draining', request);
    else if (url === null || isWithoutHost(request)) this.#endWith(socket, 'bad_request', request);
    else if (socketIo !== undefined) socketIo.upgrade(request, socket, head);
    else this.#webSockets.upgrade(request, socket, head, url, this.#info(request));
  }

  #clientError(error: Error & { code?: string }, socket: Duplex): void {
    // Half of an answer may be under way: a second head behind it would only confuse.
    if (!socket.writable || error.code === 'ECONNRESET' || this.#answering.has(socket)) {
      socket.destroy();
      return;
    }
    if (error.code === 'HPE_HEADER_OVERFLOW') this.#endWith(socket, 'headers_too_large');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') this.#endWith(socket, 'request_timeout');
    else this.#endWith(socket, 'bad_request');
  }

  #endWith(socket: Duplex, code: ErrorCode, request?: IncomingMessage): void {
    socket.once('finish', () => socket.destroy());
    socket.end(rawProblem(code, this.#policies(request)));
  }
}

/** RFC 9112, section 3.2 */
const isWithoutHost = ({ headers, httpVersion }: IncomingMessage): boolean =>
  httpVersion === '1.1' && headers.host === undefined;
