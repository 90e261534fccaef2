/**
 * The service worker: keeps the shells of the list, the editor and the history and the assets that they name, so that they open
 * without a server. Shells come from the network whenever it answers, so nobody stays on an old version; assets are named by
 * their content and never change. Knows nothing of documents: `/v1`, sign-in and the sockets never pass through here, and
 * nothing private is in a shell.
 */

interface LifecycleEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchLikeEvent extends LifecycleEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
/** The part of ServiceWorkerGlobalScope that is used; its types cannot be loaded beside the DOM's. */
interface WorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchLikeEvent) => void): void;
}
const scope = globalThis as unknown as WorkerScope;

const CACHE = 'stet-app';
const DOCUMENT = '/edit/00000000-0000-0000-0000-000000000000';
/** Where the shells are fetched from: those of a document are the same for every document. */
const SHELLS = { list: '/', edit: DOCUMENT, history: `${DOCUMENT}/history` } as const;
/** Milliseconds to wait for a server before the kept shell is shown. */
const PATIENCE_MS = 5_000;

function shellFor(path: string): string | null {
  if (path === '/') return SHELLS.list;
  const match = /^\/edit\/[^/]+(\/history)?$/.exec(path);
  if (match === null) return null;
  return match[1] === undefined ? SHELLS.edit : SHELLS.history;
}

/** At the address of the list strangers get the home page, which is public: it must not be kept in the place of the list. */
const isShell = ({ status, type, redirected, headers }: Response) =>
  status === 200 && type === 'basic' && !redirected && (headers.get('cache-control')?.startsWith('private') ?? false);
const assetsIn = (html: string) => [...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path);

let kept: Promise<void> = Promise.resolve();

/** One after the other: what one shell names must not be dropped while it is not stored yet. */
function keep(key: string, response: Response): Promise<void> {
  const mine = kept.then(() => store(key, response));
  kept = mine.catch(() => undefined);
  return mine;
}

/** Keeps a shell with everything that it names, and drops assets that no shell names any more. */
async function store(key: string, response: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(key);
  const html = await response.clone().text();
  if (known !== undefined && (await known.text()) === html) return;
  const missing = [];
  for (const path of new Set(assetsIn(html))) if ((await cache.match(path)) === undefined) missing.push(path);
  // The assets first: a kept shell without its assets would be a blank page.
  await cache.addAll(missing);
  await cache.put(key, response);

  const named = new Set<string>();
  for (const shell of Object.values(SHELLS)) {
    for (const path of assetsIn((await (await cache.match(shell))?.text()) ?? '')) named.add(path);
  }
  for (const { url } of await cache.keys()) {
    const path = new URL(url).pathname;
    if (path.startsWith('/assets/') && !named.has(path)) await cache.delete(path);
  }
}

async function refresh(key: string): Promise<void> {
  const response = await fetch(key);
  if (isShell(response)) await keep(key, response);
}

async function openShell(event: FetchLikeEvent, key: string): Promise<Response> {
  const kept = await caches.match(key, { cacheName: CACHE });
  try {
    const signal = kept === undefined ? {} : { signal: AbortSignal.timeout(PATIENCE_MS) };
    const response = await fetch(event.request, signal);
    if (isShell(response)) event.waitUntil(keep(key, response.clone()));
    // A proxy in front of a server that is away.
    return kept !== undefined && response.status >= 502 && response.status <= 504 ? kept : response;
  } catch (error) {
    if (kept === undefined) throw error;
    return kept;
  }
}

async function openAsset(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

scope.addEventListener('install', (event) => {
  // Without a session the shells cannot be had yet; the next visit to a page keeps them.
  event.waitUntil(Promise.allSettled(Object.values(SHELLS).map(refresh)).then(() => scope.skipWaiting()));
});
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  const key = request.mode === 'navigate' ? shellFor(url.pathname) : null;
  if (key !== null) event.respondWith(openShell(event, key));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(openAsset(request));
});
