/** The load generator of `one-address`: many connections of one loopback address, which come again when they are closed. */
import { connect } from 'node:net';
import { RawWebSocket } from '../support/raw-web-socket.ts';

export interface CrowdTask {
  kind: 'idle' | 'dripping-heads' | 'dripping-bodies' | 'widgets';
  host: string;
  port: number;
  localAddress: string;
  connections: number;
  /** What a widget asks for. */
  slug: string;
}

/** Before a connection that was closed or refused is opened again, milliseconds. */
const AGAIN_MS = 200;
const DRIP_MS = 1_000;
/** Connections opened at once. */
const TOGETHER = 200;

const HEADS = {
  idle: { first: '', drip: '' },
  'dripping-heads': { first: 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', drip: 'x' },
  'dripping-bodies': {
    first:
      'POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n',
    drip: ' ',
  },
} as const;

let open = 0;

function keepPlain({ host, port, localAddress, kind }: CrowdTask): void {
  if (kind === 'widgets') return;
  const { first, drip } = HEADS[kind];
  const socket = connect({ host, port, localAddress });
  let dripping: NodeJS.Timeout | undefined;
  socket.resume();
  socket.on('error', () => undefined);
  socket.on('connect', () => {
    open += 1;
    if (first !== '') socket.write(first);
    if (drip !== '') dripping = setInterval(() => socket.writable && socket.write(drip), DRIP_MS);
    socket.once('close', () => {
      open -= 1;
    });
  });
  socket.on('close', () => {
    clearInterval(dripping);
    setTimeout(keepPlain, AGAIN_MS, arguments_);
  });
  const arguments_ = { host, port, localAddress, kind } as CrowdTask;
}

function keepWidget(task: CrowdTask): void {
  const { host, port, localAddress, slug } = task;
  let isOpen = false;
  const again = (): void => {
    if (isOpen) open -= 1;
    setTimeout(keepWidget, AGAIN_MS, task);
  };
  const socket = new RawWebSocket({
    host,
    port,
    localAddress,
    path: `/w?documents=${slug}`,
    onFrame: () => undefined,
    onClose: again,
  });
  socket.opened.then(
    () => {
      isOpen = true;
      open += 1;
    },
    () => undefined,
  );
}

process.on('message', (message: CrowdTask | { kind: 'report' }) => {
  if (message.kind === 'report') {
    process.send?.({ kind: 'report', value: open });
    return;
  }
  const keep = message.kind === 'widgets' ? keepWidget : keepPlain;
  let started = 0;
  const more = (): void => {
    for (let at = 0; at < TOGETHER && started < message.connections; at += 1) {
      started += 1;
      keep(message);
    }
    if (started < message.connections) setTimeout(more, 50);
    else process.send?.({ kind: 'ready' });
  };
  more();
});
