/**
 * What readers request most on the fast path (`listener/http-fast-path.ts`): published pages, alone or in frames, their JSON, and
 * the home page. A handler's answer is recorded and given again as it is, for as long as the cache has the very same entry (at
 * most a second old, I6), to requests that differ in nothing that the answer depends on. All others take the full path.
 */
import { FRAME_PATH, slugInPath } from '../../../content/slug/address.ts';
import type { ContentCoding } from '../../../published/cached-bytes.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import { hasSessionCookie } from '../../access/cookies.ts';
import type { Peer, PeerOf } from '../../access/peer.ts';
import { isNotModified, valueOfTag } from '../../http/conditional-requests.ts';
import { createCodingOf } from '../../http/content-coding.ts';
import {
  type HttpFastPath,
  type PreparedResponse,
  prepareResponse,
  type RequestHead,
} from '../../listener/http-fast-path.ts';

/** What answers are made of; they are recorded with it. Of documents it is the cache's entry. */
export type Recordable = Pick<PublicEntry, 'tagged' | 'grow'> & Partial<Pick<PublicEntry, 'document'>>;

export interface PublishedFastPathPorts {
  /** What is public under a name, if the cache knows at once. */
  peek(slug: string): PublicEntry | null | undefined;
  /** The home page of strangers, if it is known at once. */
  peekHome(): Recordable | undefined;
  /** Counts a view of a page. */
  countView(documentId: string, reader: { address: string; userAgent: string }): void;
  /** Counts a request of an address; false: over its limit, the full path refuses it. */
  admit(address: string): boolean;
  peerOf: PeerOf;
}

export interface PublishedFastPath extends HttpFastPath {
  /** Calls the handler and records its answer, if that can be given again. */
  record(request: Request, peer: Peer, handle: () => Response | Promise<Response>): Promise<Response>;
}

/** Of published pages, of their JSON, and of pages for frames; a slug follows. */
const PREFIXES = ['/d/', '/v1/public/', FRAME_PATH] as const;
const [PAGE, JSON_OF] = PREFIXES;
const HOME = '/';
type Kind = (typeof PREFIXES)[number] | typeof HOME;
/** Of each entry, by host and coding. Those that were used again stay (I9). */
const MAX_RESPONSES = 16;
/** Different `Accept-Encoding` headers that are parsed once, for all entries. */
const MAX_ACCEPTS = 256;
/** Characters of them, and of a host. */
const MAX_ACCEPTS_LENGTH = 200;
const MAX_HOST_LENGTH = 255;
/** Headers of one request alone, as PROTOCOL.md says, or written by the listener. */
const OMITTED = new Set([
  'content-length',
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]);
/** Not part of a 304. */
const OF_THE_BODY = new Set(['content-type', 'content-encoding']);

/** All that a response depends on besides the entry. */
interface CacheKey {
  readonly kind: Kind;
  readonly secure: boolean;
  readonly host: string;
  readonly coding: ContentCoding | undefined;
}

interface RecordedResponse extends CacheKey {
  readonly full: PreparedResponse;
  readonly notModified: PreparedResponse;
  readonly etag: string;
  /** Bytes that it holds. */
  readonly size: number;
  /** It was used since the last search for room. */
  wasUsed: boolean;
}

/** What a slug shows under its own name: a former one leads to another address, on the full path. */
function peekNamed(peek: PublishedFastPathPorts['peek'], segment: string): PublicEntry | undefined {
  const slug = slugInPath(segment);
  const entry = slug === undefined ? undefined : peek(slug);
  return entry?.document.slug === slug ? (entry ?? undefined) : undefined;
}

const kindOf = (path: string): Kind | undefined =>
  path === HOME ? HOME : PREFIXES.find((prefix) => path.startsWith(prefix));

/** A loop, which allocates nothing: it runs with every request. */
function recordedOf(
  recorded: readonly RecordedResponse[],
  kind: Kind,
  secure: boolean,
  host: string,
  coding: ContentCoding | undefined,
): RecordedResponse | undefined {
  for (const one of recorded) {
    const isSame = one.coding === coding && one.host === host && one.kind === kind && one.secure === secure;
    if (isSame) return one;
  }
  return undefined;
}

/** The bytes of an answer, if they are the entry's own: tags are of content. */
function bodyOf(entry: Recordable, etag: string, coding: string | null) {
  if (coding === null) return entry.tagged(valueOfTag(etag, undefined))?.plain;
  if (coding !== 'br' && coding !== 'gzip') return undefined;
  return entry.tagged(valueOfTag(etag, coding))?.encoded(coding);
}

/** Drops the oldest that was not used since the last search: a client that varies its headers does not evict others' responses. */
function makeRoom(entry: Recordable, recorded: RecordedResponse[]): void {
  while (recorded.length >= MAX_RESPONSES) {
    const oldest = recorded.shift();
    if (oldest?.wasUsed) {
      oldest.wasUsed = false;
      recorded.push(oldest);
    } else if (oldest) {
      entry.grow(-oldest.size);
    }
  }
}

export function createPublishedFastPath(ports: PublishedFastPathPorts): PublishedFastPath {
  const { peek, peekHome, countView, admit, peerOf } = ports;
  const responses = new WeakMap<Recordable, RecordedResponse[]>();
  const codingOf = createCodingOf(MAX_ACCEPTS, MAX_ACCEPTS_LENGTH);

  /** At the address of the home page, authors get another page. */
  const homeFor = (cookies: string | null): Recordable | undefined =>
    hasSessionCookie(cookies) ? undefined : peekHome();

  function find(head: RequestHead): PreparedResponse | undefined {
    const { path } = head;
    const kind = kindOf(path);
    if (kind === undefined) return undefined;
    const entry = kind === HOME ? homeFor(head.header('cookie')) : peekNamed(peek, path.slice(kind.length));
    const recorded = entry && responses.get(entry);
    if (!recorded) return undefined;
    const peer = peerOf({ address: head.remoteAddress(), secure: head.secure }, (name) => head.header(name));
    const coding = codingOf(head.header('accept-encoding'));
    const one = recordedOf(recorded, kind, peer.secure, head.header('host'), coding);
    if (!one) return undefined;
    if (kind === JSON_OF && !admit(peer.address)) return undefined;
    if (kind === PAGE && entry.document && head.header('sec-purpose') === '') {
      countView(entry.document.documentId, { address: peer.address, userAgent: head.header('user-agent') });
    }
    one.wasUsed = true;
    return isNotModified(head.header('if-none-match'), one.etag) ? one.notModified : one.full;
  }

  async function store(key: CacheKey, entry: Recordable, { status, headers }: Response): Promise<void> {
    const etag = headers.get('etag');
    const isPublic = headers.get('cache-control')?.startsWith('public') ?? false;
    if (status !== 200 || etag === null || !isPublic) return;
    const body = await bodyOf(entry, etag, headers.get('content-encoding'));
    const recorded = responses.get(entry) ?? [];
    // Of many at the same time the first is recorded.
    const { kind, secure, host, coding } = key;
    if (!body || recordedOf(recorded, kind, secure, host, coding)) return;
    const kept = [...headers].filter(([name]) => !OMITTED.has(name) && name !== 'etag');
    const bare = kept.filter(([name]) => !OF_THE_BODY.has(name));
    const full = prepareResponse(200, [['etag', etag], ...kept], body.buffer);
    const notModified = prepareResponse(304, [['etag', etag], ...bare], undefined);
    // The body is counted with the entry's other bytes too, and may outlive them.
    const size = body.length + full.block.rest.byteLength + notModified.block.rest.byteLength;
    makeRoom(entry, recorded);
    recorded.push({ ...key, etag, full, notModified, size, wasUsed: false });
    responses.set(entry, recorded);
    entry.grow(size);
  }

  return {
    prefixes: PREFIXES,
    paths: [HOME],
    find,
    async record(request, { secure }, handle) {
      const { pathname, search } = new URL(request.url);
      const kind = kindOf(pathname);
      if (kind === undefined || request.method !== 'GET' || search !== '') return handle();
      const present = () =>
        kind === HOME ? homeFor(request.headers.get('cookie')) : peekNamed(peek, pathname.slice(kind.length));
      const before = present();
      const response = await handle();
      const host = request.headers.get('host') ?? '';
      // The same entry before and after: the answer is of that one.
      if (before && present() === before && host.length <= MAX_HOST_LENGTH) {
        const coding = codingOf(request.headers.get('accept-encoding') ?? '');
        await store({ kind, secure, host, coding }, before, response);
      }
      return response;
    },
  };
}
