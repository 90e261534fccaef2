// HTTP proxies that keep connections to what is behind them, for tests of where requests end: with such a proxy, what one
// side reads otherwise than the other is another client's next request.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/server.ts';
import { accepts, startService, temporaryFolder } from './services.ts';
import { findTool } from './tools.ts';

export interface HttpProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** A way to start a proxy before a port; undefined: it is not installed. */
export type StartProxy = ((upstreamPort: number) => Promise<HttpProxy>) | undefined;

const NGINX = (folder: string, port: number, upstreamPort: number) => `
  ${process.getuid?.() === 0 ? 'user root;' : ''}
  daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log stderr crit;
  events { worker_connections 512; }
  http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join(' ')}
    upstream node { server 127.0.0.1:${upstreamPort} max_fails=0; keepalive 4; }
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header X-Via nginx;
        proxy_request_buffering off; proxy_next_upstream off;
      }
    }
  }`;

const HAPROXY = (port: number, upstreamPort: number) => `
global
  maxconn 512
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
  http-request set-header X-Via haproxy
  default_backend node
backend node
  server one 127.0.0.1:${upstreamPort}
`;

function starter(
  name: 'nginx' | 'haproxy',
  configOf: (folder: string, port: number, upstreamPort: number) => string,
  argsOf: (folder: string, config: string) => string[],
): StartProxy {
  const program = findTool(name);
  if (program === undefined) return undefined;
  return async (upstreamPort) => {
    const folder = temporaryFolder(name);
    const port = await freePort();
    const config = join(folder.path, `${name}.conf`);
    writeFileSync(config, configOf(folder.path, port, upstreamPort));
    const service = await startService(program, argsOf(folder.path, config), () => accepts(port));
    return {
      port,
      async stop() {
        await service.end('SIGTERM');
        folder.remove();
      },
    };
  };
}

export const HTTP_PROXIES: Readonly<Record<'nginx' | 'haproxy', StartProxy>> = {
  nginx: starter('nginx', NGINX, (folder, config) => ['-p', folder, '-c', config]),
  haproxy: starter(
    'haproxy',
    (_folder, port, upstreamPort) => HAPROXY(port, upstreamPort),
    (_folder, config) => ['-db', '-f', config],
  ),
};
