/**
 * The operators' port: metrics, and why a node is not ready. On an address and port of its own, so that no path and no proxy
 * rule of the public door leads there. It is an aid: a node serves without it.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../lib/logger.ts';
import type { Readiness } from './readiness.ts';

export interface OpsPorts {
  readiness: Readiness;
  metrics: () => Promise<{ text: string; contentType: string }>;
  log: Logger;
}

export interface OpsServer {
  /** Undefined: it could not listen anywhere, as the log says. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  text: string;
  contentType?: string;
}

const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;

/** Never rejects: a port that is taken is replaced by a free one, with a warning. */
export async function openOpsServer(address: { host: string; port: number }, ports: OpsPorts): Promise<OpsServer> {
  const { readiness, metrics, log } = ports;

  async function answer(path: string | undefined): Promise<Answer> {
    switch (path) {
      case '/healthz':
        return { status: 200, text: 'ok\n' };
      case '/readyz': {
        const reason = readiness();
        return reason === undefined ? { status: 200, text: 'ready\n' } : { status: 503, text: `${reason}\n` };
      }
      case '/metrics':
        return { status: 200, ...(await metrics()) };
      default:
        return { status: 404, text: 'healthz, readyz, metrics\n' };
    }
  }

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    const send = ({ status, text, contentType = 'text/plain; charset=utf-8' }: Answer): void => {
      response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
    };
    answer(request.url).then(send, (error: unknown) => {
      log.error({ err: error }, 'the operations port failed to respond');
      send({ status: 500, text: 'failed\n' });
    });
  });
  server.maxConnections = MAX_CONNECTIONS;

  const port = await listenSomewhere(server, address, log);
  return {
    port,
    async close() {
      if (port === undefined) return;
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

async function listenSomewhere(
  server: Server,
  { host, port }: { host: string; port: number },
  log: Logger,
): Promise<number | undefined> {
  for (const wanted of new Set([port, 0])) {
    try {
      return await listen(server, host, wanted);
    } catch (error) {
      log.warn({ err: error, host, port: wanted }, 'could not open the operations port');
    }
  }
  return undefined;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
