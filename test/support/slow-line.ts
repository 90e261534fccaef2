/** A TCP proxy that lets bytes of the server through at a rate, one rate for each connection, and keeps little of them. */
import { connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface SlowLine {
  /** To use in place of the server's. */
  readonly url: string;
  /** Bytes of the server that were let through. */
  bytes(): number;
}

export async function startSlowLine(
  t: ExecutionContext,
  targetPort: number,
  bytesPerSecond: number,
): Promise<SlowLine> {
  let passed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.setNoDelay(true);
    }
    inbound.on('close', () => outbound.destroy());
    outbound.on('close', () => inbound.destroy());
    inbound.pipe(outbound);
    let freeAtMs = 0;
    outbound.on('data', (chunk: Buffer) => {
      inbound.write(chunk);
      passed += chunk.byteLength;
      const nowMs = performance.now();
      freeAtMs = Math.max(freeAtMs, nowMs) + (chunk.byteLength / bytesPerSecond) * 1_000;
      if (freeAtMs - nowMs < 5) return;
      outbound.pause();
      setTimeout(() => outbound.resume(), freeAtMs - nowMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, bytes: () => passed };
}
