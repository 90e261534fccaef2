/**
 * `fanout`: what sending to many readers of one document costs the server, CPU a delivery. Contenders one after another: the
 * native publish of uWebSockets.js as the floor, widgets, viewers, plain ws, Socket.IO on ws and on uWebSockets.js. Subscribers are other
 * processes. Not measured: networks, TLS, readers that do not read.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Checkout, HERE } from '../support/checkout.ts';
import { cpuSeconds, rssMb } from '../support/process-cost.ts';
import { Load, startScript } from '../support/processes.ts';
import type { SubscribersReport, SubscribersTask } from '../support/subscribers.ts';
import { CONTENDERS, type Contender } from './server.ts';

export interface FanoutOptions {
  subscribers: number;
  /** Messages a second. */
  rate: number;
  bytes: number;
  seconds: number;
  warmupSeconds: number;
}

interface Options extends FanoutOptions {
  only: string | undefined;
}

interface Measured {
  sockets: number;
  deliveriesPerSecond: number;
  /** Share of the messages that were delivered in time. */
  ofWanted: number;
  cpuUsPerDelivery: number;
  rssMb: number;
}

const PROCESSES = 2;
const WAYS: Readonly<Record<Contender, Pick<SubscribersTask, 'kind' | 'path'>>> = {
  uws: { kind: 'raw', path: '/' },
  widget: { kind: 'raw', path: '/w?documents=bench' },
  viewer: { kind: 'viewer', path: '/socket.io/?EIO=4&transport=websocket&for=view' },
  ws: { kind: 'raw', path: '/' },
  'socket.io': { kind: 'socket.io', path: '/socket.io/?EIO=4&transport=websocket' },
  'socket.io-uws': { kind: 'socket.io', path: '/socket.io/?EIO=4&transport=websocket' },
};

async function framesOf(loads: readonly Load[]): Promise<SubscribersReport> {
  const reports = await Promise.all(
    loads.map((load) => {
      const reported = load.wait<SubscribersReport>('report');
      load.request('report');
      return reported;
    }),
  );
  return reports.reduce((sum, one) => ({ frames: sum.frames + one.frames, open: sum.open + one.open }));
}

/** One run of one contender; Stet's are the gateway's own modules, and so the checkout's. */
export async function measure(contender: Contender, options: FanoutOptions, checkout: Checkout): Promise<Measured> {
  const env = {
    CONTENDER: contender,
    MESSAGE_BYTES: String(options.bytes),
    MESSAGES_PER_SECOND: String(options.rate),
  };
  const server = await startScript(pathToFileURL(join(checkout.root, 'test/bench/fanout/server.ts')), env, checkout);
  const { hostname: host, port } = new URL(server.url);
  const loads = Array.from({ length: PROCESSES }, (_, index) => {
    const task: SubscribersTask = {
      ...WAYS[contender],
      host,
      port: Number(port),
      slug: 'bench',
      sockets: Math.ceil(options.subscribers / PROCESSES),
      network: index + 1,
      parallel: 50,
    };
    return new Load(new URL('../support/subscribers.ts', import.meta.url), task);
  });
  try {
    await Promise.all(loads.map((load) => load.wait('ready')));
    await delay(options.warmupSeconds * 1_000);
    const before = { ...(await framesOf(loads)), cpu: cpuSeconds(server.pid), at: performance.now() };
    await delay(options.seconds * 1_000);
    const after = { ...(await framesOf(loads)), cpu: cpuSeconds(server.pid), at: performance.now() };
    const deliveries = after.frames - before.frames;
    const expected = (options.rate * after.open * (after.at - before.at)) / 1_000;
    return {
      sockets: after.open,
      deliveriesPerSecond: Math.round((deliveries / (after.at - before.at)) * 1_000),
      ofWanted: Number((deliveries / expected).toFixed(3)),
      cpuUsPerDelivery: Number((((after.cpu - before.cpu) / deliveries) * 1e6).toFixed(2)),
      rssMb: rssMb(server.pid),
    };
  } finally {
    for (const load of loads) load.end();
    await server.kill('SIGKILL');
  }
}

export async function fanout(options: Options): Promise<void> {
  // Each load generator ends with this process.
  process.setMaxListeners(CONTENDERS.length * PROCESSES + 10);
  for (const contender of CONTENDERS) {
    if (options.only !== undefined && !options.only.split(',').includes(contender)) continue;
    console.log(JSON.stringify({ contender, ...(await measure(contender, options, HERE)) }));
  }
}
