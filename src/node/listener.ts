/** The listener, with everything that answers behind it: the front door for HTTP, and the routes for sockets. */
import { connectionItself } from '../gateway/access/peer.ts';
import { createPages } from '../gateway/app/pages.ts';
import { createFrontDoor } from '../gateway/front-door.ts';
import { securityHeaders } from '../gateway/http/security-headers.ts';
import { createListener } from '../gateway/listener/create-listener.ts';
import type { Listener } from '../gateway/listener/listener.ts';
import type { Readiness } from '../gateway/ops/readiness.ts';
import { createPublishedFastPath } from '../gateway/readers/pages/fast-path.ts';
import { createFeeds } from '../gateway/readers/pages/feeds.ts';
import { createFrames } from '../gateway/readers/pages/frames.ts';
import { createHome } from '../gateway/readers/pages/home.ts';
import { createReaderPages } from '../gateway/readers/pages/reader-pages.ts';
import { createSiteFiles } from '../gateway/readers/pages/site-files.ts';
import { createSdkFiles } from '../gateway/sdk/files.ts';
import { createWidgetScripts } from '../gateway/widget/scripts.ts';
import { createNetworkSet, networkOf } from '../lib/addresses.ts';
import { isUnavailable } from '../storage/postgres/unavailable.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Actors } from './actors.ts';
import type { NodeApi } from './api.ts';
import { openCards } from './cards.ts';
import type { NodeContext } from './context.ts';
import type { PublicParts } from './public.ts';
import { listenerLimits, PRIVATE_PAGES, REQUESTS_END_MS, SDK_DIR, WEB_DIR } from './settings.ts';
import type { Sockets } from './sockets.ts';

export interface ListenerPorts {
  access: Access;
  accounts: Accounts;
  actors: Actors;
  api: NodeApi;
  published: PublicParts;
  sockets: Sockets;
  readiness: Readiness;
}

export async function openListener(
  { config, log, drain, parts }: NodeContext,
  { access, accounts, actors, api, published, sockets, readiness }: ListenerPorts,
): Promise<Listener> {
  const { peerOf, site, authenticator } = access;
  const cards = openCards(config, { pages: published.pages, site, isUnavailable, log }, parts);
  const { reads, homeLists } = published;
  const home = createHome({ webDir: WEB_DIR, reads, lists: homeLists, site, isUnavailable, log });
  const fastPath = createPublishedFastPath({
    peek: published.pages.peek,
    peekHome: home.peek,
    countView: published.viewCounter.count,
    admit: api.admit,
    peerOf: config.trustedProxies.length === 0 ? connectionItself : peerOf,
  });
  const listener = await createListener(config.listener, {
    fastPath,
    isProxy: createNetworkSet(config.trustedProxies),
    securityHeadersOf: (connection, header) => securityHeaders(header('host'), peerOf(connection, header).secure),
    clientOf: (address, header) => networkOf(peerOf({ address, secure: false }, header).address),
    fetch: createFrontDoor({
      api,
      pages: createPages({ webDir: WEB_DIR, publicUrl: config.publicUrl }),
      readerPages: createReaderPages({
        webDir: WEB_DIR,
        publicPage: published.pages.page,
        countView: published.viewCounter.count,
        published: accounts.revisions.publishedWithoutBody,
        privatePages: {
          body: accounts.revisions.body,
          draft: actors.liveContents(accounts.stateAt).read,
          clock: { now: () => performance.now() },
          ...PRIVATE_PAGES,
        },
        viewerOf: authenticator.byCookieHeader,
        count: api.countSession,
        isUnavailable,
        log,
        site,
      }),
      home,
      frames: createFrames({ webDir: WEB_DIR, publicPage: published.pages.page, isUnavailable, log, site }),
      fastPath,
      cards,
      feeds: createFeeds({
        pages: published.pages,
        siteFiles: createSiteFiles({ reads, lists: published.lists, site }),
        isUnavailable,
        log,
        site,
      }),
      widgetScripts: createWidgetScripts({ webDir: WEB_DIR, publicUrl: config.publicUrl }),
      sdk: createSdkFiles(SDK_DIR),
      peerOf,
      readiness,
      site,
    }),
    unread: access.unread,
    requests: access.shares.requests,
    signedIn: access.signedIn,
    strangers: access.strangers,
    limits: listenerLimits(config),
    log,
  });
  parts.add('listener', () => listener.close(Math.min(drain.leftMs(), REQUESTS_END_MS)));
  sockets.realtime.attachTo(listener);
  listener.route(sockets.yjs.route);
  listener.route(sockets.widget.route);
  return listener;
}
