/**
 * Sorts requests by path: the API, health for balancers, else the browser app. Knows what belongs where, not what is
 * answered. A request for another host than the site's is misdirected; how a node is, balancers ask under any name.
 */
import type { Peer, PeerOf } from './access/peer.ts';
import type { Site } from './access/site.ts';
import type { Api } from './api/kernel/app.ts';
import { problemOf } from './http/problem.ts';
import { withPolicies } from './http/security-headers.ts';
import type { FetchHandler, FetchInfo } from './listener/listener.ts';
import type { Readiness } from './ops/readiness.ts';
import type { QuickPages } from './readers/pages/fast-path.ts';
import type { Feeds } from './readers/pages/feeds.ts';
import type { Reading } from './readers/pages/reader-pages.ts';
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
  /** Why is for operators: the log and their port say it. */
  readiness: Readiness;
  site: Site;
}

const word = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });

export function createFrontDoor(ports: FrontDoorPorts): FetchHandler {
  const { api, feeds, pages, peerOf, quick, reading, readiness, site, widgetScripts } = ports;

  function route(
    request: Request,
    pathname: string,
    peer: Peer,
    { countsByUser }: FetchInfo,
  ): Response | Promise<Response> {
    if (pathname === '/v1' || pathname.startsWith('/v1/')) {
      return api.fetch(request, { remoteAddress: peer.address, secure: peer.secure, countsByUser });
    }
    if (pathname.startsWith('/d/')) return reading(request, peer);
    if (pathname === '/feed.xml' || pathname === '/oembed') return feeds(request, peer);
    return widgetScripts(request) ?? pages.fetch(request);
  }

  function health(pathname: string): Response | undefined {
    if (pathname === '/healthz') return word(200, 'ok');
    if (pathname !== '/readyz') return undefined;
    return readiness() === undefined ? word(200, 'ready') : word(503, 'unready');
  }

  return async (request: Request, info: FetchInfo): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const peer = peerOf({ address: info.remoteAddress, secure: info.secure }, (name) => request.headers.get(name));
    const { secure } = peer;
    const healthy = health(pathname);
    if (healthy) return withPolicies(request, secure, healthy);
    if (!site.serves(request.headers.get('host'))) return withPolicies(request, secure, problemOf('misdirected'));
    return quick.learn(request, peer, async () =>
      withPolicies(request, secure, await route(request, pathname, peer, info)),
    );
  };
}
