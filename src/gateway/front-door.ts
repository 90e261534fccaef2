/**
 * Routes requests by path: the API, health for load balancers, published pages, else the browser app; at `/` also by whether there
 * is a session. Knows nothing of what the handlers answer. A request for another host than the site's is misdirected; health is
 * answered for any host.
 */
import { FRAME_PATH } from '../content/slug/address.ts';
import type { Peer, PeerOf } from './access/peer.ts';
import type { Site } from './access/site.ts';
import type { Api } from './api/kernel/app.ts';
import { problemOf } from './http/problem.ts';
import { withSecurityHeaders } from './http/security-headers.ts';
import type { FetchHandler, FetchInfo } from './listener/listener.ts';
import type { Readiness } from './ops/readiness.ts';
import type { Cards } from './readers/cards/cards.ts';
import type { PublishedFastPath } from './readers/pages/fast-path.ts';
import type { Feeds } from './readers/pages/feeds.ts';
import type { Frames } from './readers/pages/frames.ts';
import type { Home } from './readers/pages/home.ts';
import type { ReaderPages } from './readers/pages/reader-pages.ts';
import { SDK_PATH, type SdkFiles } from './sdk/files.ts';
import type { WidgetScripts } from './widget/scripts.ts';

export interface FrontDoorPorts {
  api: Api;
  pages: { fetch(request: Request): Response | Promise<Response> };
  /** What is published, below `/d/`. */
  readerPages: ReaderPages;
  /** `/` for strangers. */
  home: Pick<Home, 'serves' | 'fetch'>;
  /** What is published for frames on other sites, below `/embed/frame/`. */
  frames: Frames;
  /** Feed, oEmbed, sitemaps and `/robots.txt`. */
  feeds: Feeds;
  /** Pictures of documents, below `/cards/`. */
  cards: Cards;
  /** `/widget.js` and `/embed`. */
  widgetScripts: WidgetScripts;
  /** Everything below `/sdk/`. */
  sdk: SdkFiles;
  /** Records answers that it can give again. */
  fastPath: Pick<PublishedFastPath, 'record'>;
  peerOf: PeerOf;
  /** The reason is for operators: the log and their port have it. */
  readiness: Readiness;
  site: Site;
}

const word = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });

export function createFrontDoor(ports: FrontDoorPorts): FetchHandler {
  const { api, cards, feeds, frames, home, pages, peerOf, fastPath, readerPages, readiness, sdk, site, widgetScripts } =
    ports;

  function route(
    request: Request,
    pathname: string,
    peer: Peer,
    { countsByUser }: FetchInfo,
  ): Response | Promise<Response> {
    if (pathname === '/v1' || pathname.startsWith('/v1/')) {
      return api.fetch(request, { remoteAddress: peer.address, secure: peer.secure, countsByUser });
    }
    if (pathname.startsWith('/d/')) return readerPages(request, peer);
    if (home.serves(request, pathname)) return home.fetch(request);
    if (pathname.startsWith(FRAME_PATH)) return frames(request, peer);
    if (cards.serves(pathname)) return cards.fetch(request, peer);
    if (feeds.serves(pathname)) return feeds.fetch(request, peer);
    if (pathname.startsWith(SDK_PATH)) return sdk(request);
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
    if (healthy) return withSecurityHeaders(request, secure, healthy);
    if (!site.serves(request.headers.get('host')))
      return withSecurityHeaders(request, secure, problemOf('misdirected'));
    return fastPath.record(request, peer, async () =>
      withSecurityHeaders(request, secure, await route(request, pathname, peer, info)),
    );
  };
}
