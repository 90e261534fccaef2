/**
 * A load generator of `reads`: raw sockets, kept open, one request under way on each. It reads as little of an answer as
 * tells where it ends, so that it costs less than who answers.
 */
import { connect } from 'node:net';

export interface ReadsTask {
  url: string;
  path: string;
  encoding: string;
  connections: number;
}

export interface ReadsReport {
  answered: number;
  failed: number;
  bytes: number;
  latenciesMs: Float32Array;
}

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const SAMPLES = 2_000_000;

let isMeasuring = false;
let answered = 0;
let failed = 0;
let bytes = 0;
const latenciesMs = new Float32Array(SAMPLES);

function drive({ url, path, encoding }: ReadsTask): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const request = Buffer.from(
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\naccept-encoding: ${encoding}\r\n\r\n`,
  );
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let startedAt = 0;
  /** Bytes of the answer that are still to come; undefined while its headers are. */
  let left: number | undefined;
  let length = 0;
  let head: Buffer = Buffer.alloc(0);

  const send = () => {
    startedAt = performance.now();
    socket.write(request);
  };
  const end = (message: string): never => {
    throw new Error(`${path}: ${message}`);
  };
  function onHeaders(chunk: Buffer): Buffer | undefined {
    head = head.byteLength === 0 ? chunk : Buffer.concat([head, chunk]);
    const at = head.indexOf(END_OF_HEADERS);
    if (at < 0) return undefined;
    const text = head.toString('latin1', 0, at);
    if (!text.startsWith('HTTP/1.1 200')) {
      failed += 1;
      if (!isMeasuring) end(text.slice(0, text.indexOf('\r\n')));
    }
    const match = /\r\ncontent-length: ?(\d+)/i.exec(text);
    left = match ? Number(match[1]) : end('an answer without Content-Length');
    length = at + END_OF_HEADERS.byteLength + left;
    const rest = head.subarray(at + END_OF_HEADERS.byteLength);
    head = Buffer.alloc(0);
    return rest;
  }
  socket.on('data', (chunk: Buffer) => {
    const body = left === undefined ? onHeaders(chunk) : chunk;
    if (!body || left === undefined) return;
    left -= body.byteLength;
    if (left > 0) return;
    if (left < 0) end('more than one answer');
    left = undefined;
    if (isMeasuring) {
      if (answered < SAMPLES) latenciesMs[answered] = performance.now() - startedAt;
      answered += 1;
      bytes += length;
    }
    send();
  });
  socket.on('close', () => end('the server closed a connection'));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      send();
      resolve();
    });
  });
}

process.on('message', async (message: ReadsTask | { kind: 'measure' } | { kind: 'report' }) => {
  if ('url' in message) {
    await Promise.all(Array.from({ length: message.connections }, () => drive(message)));
    process.send?.({ kind: 'ready' });
  } else if (message.kind === 'measure') {
    isMeasuring = true;
    process.send?.({ kind: 'measuring' });
  } else {
    isMeasuring = false;
    const value: ReadsReport = {
      answered,
      failed,
      bytes,
      latenciesMs: latenciesMs.slice(0, Math.min(answered, SAMPLES)),
    };
    process.send?.({ kind: 'report', value });
  }
});
