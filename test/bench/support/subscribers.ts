/**
 * A load generator that holds many sockets of one kind and counts what it is sent. Kinds differ in what they say before
 * they hear anything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { VIEWER_NAMESPACE } from '../../../schemas/viewer-namespace.ts';
import { Encoder } from '../../../src/lib/msgpack/packet-parser.ts';
import { RawWebSocket } from './raw-web-socket.ts';

export interface SubscribersTask {
  kind: 'raw' | 'socket.io' | 'viewer';
  host: string;
  port: number;
  path: string;
  slug: string;
  sockets: number;
  /** Third number of the loopback address; sockets are spread over the last one. */
  network: number;
  /** Handshakes under way at once. */
  parallel: number;
}

export interface SubscribersReport {
  /** Frames of messages. */
  frames: number;
  open: number;
}

/** Frames below this size are of the protocol. */
const MESSAGE_BYTES = 200;
const SOCKETS_PER_ADDRESS = 2_000;
const QUESTION = '2'.charCodeAt(0);
const ANSWER = '3';
const OPEN = '0'.charCodeAt(0);

const packet = (type: number, data?: unknown, id?: number): Uint8Array =>
  new Encoder().encode({
    type,
    nsp: VIEWER_NAMESPACE,
    ...(data !== undefined && { data }),
    ...(id !== undefined && { id }),
  })[0]!;

async function run(task: SubscribersTask): Promise<void> {
  let frames = 0;
  let open = 0;

  async function subscribe(index: number): Promise<void> {
    let isIn = task.kind === 'raw';
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const socket = new RawWebSocket({
      host: task.host,
      port: task.port,
      path: task.path,
      localAddress: `127.0.${task.network}.${1 + Math.floor(index / SOCKETS_PER_ADDRESS)}`,
      onFrame(bytes, start, end) {
        if (end - start >= MESSAGE_BYTES) frames += 1;
        if (task.kind === 'raw') return;
        if (end - start === 1 && bytes[start] === QUESTION) socket.send(ANSWER);
        else if (!isIn && bytes[start] === OPEN) socket.send(task.kind === 'viewer' ? packet(0) : '40');
        else if (!isIn) {
          isIn = true;
          if (task.kind === 'viewer') socket.send(packet(2, ['watch', { slug: task.slug, since: 0 }], 0));
          enter();
        }
      },
      onClose() {
        open -= 1;
      },
    });
    await socket.opened;
    if (!isIn) await entered;
    open += 1;
  }

  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: task.parallel }, async () => {
      while (next < task.sockets) {
        next += 1;
        for (let tries = 0; ; tries += 1) {
          try {
            await subscribe(next - 1);
            break;
          } catch (error) {
            if (tries >= 20) throw error;
            await delay(50 + 100 * tries);
          }
        }
      }
    }),
  );
  process.send?.({ kind: 'ready', value: { seconds: (performance.now() - startedAt) / 1_000 } });
  process.on('message', (message: { kind: string }) => {
    if (message.kind === 'report')
      process.send?.({ kind: 'report', value: { frames, open } satisfies SubscribersReport });
  });
}

process.once('message', (task: SubscribersTask) => void run(task));
