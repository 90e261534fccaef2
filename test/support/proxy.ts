/** A TCP proxy in front of a node that can cut every connection through it. */
import { connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface Proxy {
  readonly url: string;
  /** Resets every connection; new ones are let through. */
  cut(): void;
  /** Lets nothing in or out from now on, or again. */
  open(isOpen: boolean): void;
}

export async function startProxy(t: ExecutionContext, targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inbound) => {
    if (!isOpen) {
      inbound.destroy();
      return;
    }
    const outbound = connect(targetPort, '127.0.0.1');
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    server.close();
    cut();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    open(next) {
      isOpen = next;
      if (!isOpen) cut();
    },
  };
}
