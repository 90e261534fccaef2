/**
 * Published pages and public JSON the short way (`listener/quick.ts`): an answer that a handler gave for a public document
 * is given again, as it stands, for as long as the cache holds the very same entry (at most a second old, I6), to requests
 * that differ in nothing that the answer depends on. Everything else goes the long way.
 */
import type { PublicEntry } from '../public/entry.ts';
import { type QuickAnswer, type QuickHead, type QuickPaths, quickAnswer } from './listener/quick.ts';
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

export interface QuickPages extends QuickPaths {
  /** Runs the long way and remembers what it answers, if that can be given again. */
  learn(request: Request, peer: Peer, answer: () => Response | Promise<Response>): Promise<Response>;
}

/** Where published pages and their JSON are; which names there can be, the cache knows. */
const PREFIXES = ['/d/', '/v1/public/'] as const;
type Prefix = (typeof PREFIXES)[number];
const [PAGE] = PREFIXES;
/** Of each entry: hosts and encodings that are asked for often (I9). */
const MAX_ANSWERS = 16;
/** Characters of host and encodings. */
const MAX_ASKED = 350;
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

/** All that an answer depends on besides the entry. */
interface Question {
  readonly prefix: Prefix;
  readonly secure: boolean;
  readonly host: string;
  readonly accepts: string;
}

interface Known extends Question {
  readonly full: QuickAnswer;
  readonly notModified: QuickAnswer;
  readonly etag: string;
}

const prefixOf = (path: string): Prefix | undefined => PREFIXES.find((prefix) => path.startsWith(prefix));

export function createQuickPages({ peek, counted, admit, peerOf }: QuickPagesPorts): QuickPages {
  const answers = new WeakMap<PublicEntry, Known[]>();

  function find(head: QuickHead): QuickAnswer | undefined {
    const { path } = head;
    const prefix = prefixOf(path);
    const entry = prefix && peek(path.slice(prefix.length));
    const known = entry && answers.get(entry);
    if (!known) return undefined;
    const peer = peerOf({ address: head.remoteAddress(), secure: head.secure }, (name) => head.header(name));
    const [host, accepts] = [head.header('host'), head.header('accept-encoding')];
    const one = known.find(
      (answer) =>
        answer.prefix === prefix && answer.secure === peer.secure && answer.host === host && answer.accepts === accepts,
    );
    if (!one) return undefined;
    if (prefix === PAGE) {
      const isLookedAt = head.header('sec-purpose') === '';
      const userAgent = head.header('user-agent');
      if (isLookedAt) counted(entry.document.documentId, { address: peer.address, userAgent });
    } else if (!admit(peer.address)) return undefined;
    return alreadyHas(head.header('if-none-match') || undefined, one.etag) ? one.notModified : one.full;
  }

  async function remember(question: Question, entry: PublicEntry, response: Response): Promise<void> {
    const etag = response.headers.get('etag');
    const isForAll = response.headers.get('cache-control')?.startsWith('public') ?? false;
    const known = answers.get(entry) ?? [];
    if (response.status !== 200 || etag === null || !isForAll || known.length >= MAX_ANSWERS) return;
    const body = await response.clone().arrayBuffer();
    const headers = [...response.headers].filter(([name]) => !LEFT_OUT.has(name) && name !== 'etag');
    const bare = headers.filter(([name]) => !OF_THE_BODY.has(name));
    answers.set(entry, known);
    known.push({
      ...question,
      etag,
      full: quickAnswer(200, [['etag', etag], ...headers], body),
      notModified: quickAnswer(304, [['etag', etag], ...bare], undefined),
    });
  }

  return {
    prefixes: PREFIXES,
    answer: find,
    async learn(request, { secure }, answer) {
      const { pathname, search } = new URL(request.url);
      const prefix = prefixOf(pathname);
      if (prefix === undefined || request.method !== 'GET' || search !== '') return answer();
      const slug = pathname.slice(prefix.length);
      const before = peek(slug);
      const response = await answer();
      const accepts = request.headers.get('accept-encoding') ?? '';
      const host = request.headers.get('host') ?? '';
      // The same entry before and after: the answer is of that one.
      const isOfIt = before && peek(slug) === before;
      if (isOfIt && host.length + accepts.length <= MAX_ASKED) {
        await remember({ prefix, secure, host, accepts }, before, response);
      }
      return response;
    },
  };
}
