/**
 * Published pages and public JSON the short way (`listener/quick.ts`): an answer that a handler gave for a public document
 * is given again, as it stands, for as long as the cache holds the very same entry (at most a second old, I6), to requests
 * that differ in nothing that the answer depends on. Everything else goes the long way.
 */
import type { PublicEntry } from '../public/entry.ts';
import { type QuickAnswer, type QuickHandler, type QuickHead, quickAnswer } from './listener/quick.ts';
import { alreadyHas } from './negotiation.ts';
import type { Peer, PeerOf } from './peer.ts';

export interface QuickPagesPorts {
  /** What is public under a name, if that is known at once. */
  peek(slug: string): PublicEntry | null | undefined;
  /** Somebody reads a page. */
  counted(documentId: string, reader: { address: string; userAgent: string }): void;
  /** Counts a request of an address; false: the long way refuses it. */
  admit(address: string): boolean;
  peerOf: PeerOf;
}

export interface QuickPages {
  readonly handle: QuickHandler;
  /** Runs the long way and remembers what it answers, if that can be given again. */
  learn(request: Request, peer: Peer, answer: () => Response | Promise<Response>): Promise<Response>;
}

const PAGE = /^\/(d|v1\/public)\/([a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?)$/;
/** Of each entry: hosts and encodings that are asked for often (I9). */
const MAX_ANSWERS = 16;
const MAX_KEY = 400;
/** Of this request alone, or written by the listener. */
const LEFT_OUT = new Set([
  'content-length',
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]);
/** A 304 says nothing of the body. */
const OF_THE_BODY = new Set(['content-type', 'content-encoding']);

interface Known {
  readonly full: QuickAnswer;
  readonly notModified: QuickAnswer;
  readonly etag: string;
}

export function createQuickPages({ peek, counted, admit, peerOf }: QuickPagesPorts): QuickPages {
  const answers = new WeakMap<PublicEntry, Map<string, Known>>();

  /** All that an answer depends on besides the entry. */
  const keyOf = (kind: string, secure: boolean, host: string, accepts: string): string =>
    `${kind} ${secure} ${host} ${accepts}`;

  function find(head: QuickHead): QuickAnswer | undefined {
    const [, kind, slug] = PAGE.exec(head.path) ?? [];
    if (kind === undefined || slug === undefined) return undefined;
    const entry = peek(slug);
    const known = entry && answers.get(entry);
    if (!known) return undefined;
    const peer = peerOf({ address: head.remoteAddress(), secure: head.secure }, (name) => head.header(name));
    const one = known.get(keyOf(kind, peer.secure, head.header('host'), head.header('accept-encoding')));
    if (!one) return undefined;
    if (kind === 'd') {
      const isLookedAt = head.header('sec-purpose') === '';
      const userAgent = head.header('user-agent');
      if (isLookedAt) counted(entry.document.documentId, { address: peer.address, userAgent });
    } else if (!admit(peer.address)) return undefined;
    return alreadyHas(head.header('if-none-match') || undefined, one.etag) ? one.notModified : one.full;
  }

  async function remember(key: string, entry: PublicEntry, response: Response): Promise<void> {
    const etag = response.headers.get('etag');
    const isForAll = response.headers.get('cache-control')?.startsWith('public') ?? false;
    const known = answers.get(entry) ?? new Map<string, Known>();
    if (response.status !== 200 || etag === null || !isForAll || known.size >= MAX_ANSWERS) return;
    const body = new Uint8Array(await response.clone().arrayBuffer());
    const headers = [...response.headers].filter(([name]) => !LEFT_OUT.has(name) && name !== 'etag');
    const bare = headers.filter(([name]) => !OF_THE_BODY.has(name));
    answers.set(entry, known);
    known.set(key, {
      etag,
      full: quickAnswer(200, [['etag', etag], ...headers], body),
      notModified: quickAnswer(304, [['etag', etag], ...bare], undefined),
    });
  }

  return {
    handle: find,
    async learn(request, { secure }, answer) {
      const { pathname, search } = new URL(request.url);
      const [, kind, slug] = PAGE.exec(pathname) ?? [];
      if (kind === undefined || slug === undefined || request.method !== 'GET' || search !== '') return answer();
      const before = peek(slug);
      const response = await answer();
      const accepts = request.headers.get('accept-encoding') ?? '';
      const key = keyOf(kind, secure, request.headers.get('host') ?? '', accepts);
      // The same entry before and after: the answer is of that one.
      if (before && peek(slug) === before && key.length <= MAX_KEY) await remember(key, before, response);
      return response;
    },
  };
}
