/**
 * Sorts requests by path: the API, the operator's endpoints, else the browser app. Knows what belongs where, not what is
 * answered.
 */
import type { Api } from './api/app.ts';
import type { FetchHandler, RequestInfo } from './listener/listener.ts';
import type { PeerOf } from './peer.ts';
import type { QuickPages } from './quick-pages.ts';
import type { Feeds } from './reading/feeds.ts';
import type { Reading } from './reading/reading.ts';
import type { WidgetScripts } from './widget/scripts.ts';

export interface FrontDoorPorts {
  api: Api;
  pages: { fetch(request: Request): Response | Promise<Response> };
  /** What is published, below `/d/`. */
  reading: Reading;
  /** `/feed.xml` and `/oembed`. */
  feeds: Feeds;
  /** `/widget.js` and `/embed`. */
  widgetScripts: WidgetScripts;
  /** Hears of answers that can be given again the short way. */
  quick: Pick<QuickPages, 'learn'>;
  peerOf: PeerOf;
  /** Undefined: ready. Else why the node should get no new work. */
  unready: () => Promise<string | undefined>;
  metrics: () => Promise<{ text: string; contentType: string }>;
}

const plain = (status: number, text: string, contentType = 'text/plain; charset=utf-8'): Response =>
  new Response(text, { status, headers: { 'content-type': contentType, 'cache-control': 'no-store' } });

export function createFrontDoor(ports: FrontDoorPorts): FetchHandler {
  const { api, feeds, pages, peerOf, quick, reading, unready, metrics, widgetScripts } = ports;
  const peer = (request: Request, info: RequestInfo) =>
    peerOf({ address: info.remoteAddress, secure: info.secure }, (name) => request.headers.get(name));

  return async (request: Request, info: RequestInfo): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1' || pathname.startsWith('/v1/')) {
      const from = peer(request, info);
      return quick.learn(request, from, () => api.fetch(request, { remoteAddress: from.address, secure: from.secure }));
    }
    if (pathname.startsWith('/d/')) {
      const from = peer(request, info);
      return quick.learn(request, from, () => reading(request, from));
    }
    switch (pathname) {
      case '/healthz':
        return plain(200, 'ok\n');
      case '/readyz': {
        const reason = await unready();
        return reason === undefined ? plain(200, 'ready\n') : plain(503, `${reason}\n`);
      }
      case '/metrics': {
        const { text, contentType } = await metrics();
        return plain(200, text, contentType);
      }
      case '/feed.xml':
      case '/oembed':
        return feeds(request, peer(request, info));
      default:
        return widgetScripts(request) ?? pages.fetch(request);
    }
  };
}
