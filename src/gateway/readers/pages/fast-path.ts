/**
 * Published pages and public JSON the short way (`listener/quick.ts`): an answer that a handler gave for a public document
 * is given again, as it stands, for as long as the cache holds the very same entry (at most a second old, I6), to requests
 * that differ in nothing that the answer depends on. Everything else goes the long way.
 */
import type { ContentCoding } from '../../../published/cached-bytes.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import type { Peer, PeerOf } from '../../access/peer.ts';
import { isNotModified, valueOfTag } from '../../http/conditional-requests.ts';
import { createCodingOf } from '../../http/content-coding.ts';
import { type QuickAnswer, type QuickHead, type QuickPaths, quickAnswer } from '../../listener/http-fast-path.ts';

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
/** Of each entry: hosts and encodings. What is asked for again stays, what was asked for once makes room (I9). */
const MAX_ANSWERS = 16;
/** Ways to say `Accept-Encoding` that need no second look, for all entries. */
const MAX_ACCEPTS = 256;
/** Characters of them, and of a host. */
const MAX_ACCEPTS_LENGTH = 200;
const MAX_HOST_LENGTH = 255;
/** Of one request alone, as PROTOCOL.md says, or written by the listener. */
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
  readonly coding: ContentCoding | undefined;
}

interface Known extends Question {
  readonly full: QuickAnswer;
  readonly notModified: QuickAnswer;
  readonly etag: string;
  /** Bytes that it holds. */
  readonly size: number;
  /** It was given again since it was last looked through for room. */
  wasAsked: boolean;
}

const prefixOf = (path: string): Prefix | undefined => PREFIXES.find((prefix) => path.startsWith(prefix));

/** A loop: it runs with every request, and needs nothing made for it. */
function knownOf(
  known: readonly Known[],
  prefix: Prefix,
  secure: boolean,
  host: string,
  coding: ContentCoding | undefined,
): Known | undefined {
  for (const one of known) {
    const isIt = one.coding === coding && one.host === host && one.prefix === prefix && one.secure === secure;
    if (isIt) return one;
  }
  return undefined;
}

/** The bytes of an answer, if they are the entry's own: tags are of content. */
function bodyOf(entry: PublicEntry, etag: string, coding: string | null) {
  if (coding === null) return entry.tagged(valueOfTag(etag, undefined))?.plain;
  if (coding !== 'br' && coding !== 'gzip') return undefined;
  return entry.tagged(valueOfTag(etag, coding))?.encoded(coding);
}

/** The oldest goes that was not given again since the last time: whoever makes up new questions does not push out others'. */
function makeRoom(entry: PublicEntry, known: Known[]): void {
  while (known.length >= MAX_ANSWERS) {
    const oldest = known.shift();
    if (oldest?.wasAsked) {
      oldest.wasAsked = false;
      known.push(oldest);
    } else if (oldest) {
      entry.grow(-oldest.size);
    }
  }
}

export function createQuickPages({ peek, counted, admit, peerOf }: QuickPagesPorts): QuickPages {
  const answers = new WeakMap<PublicEntry, Known[]>();
  const codingOf = createCodingOf(MAX_ACCEPTS, MAX_ACCEPTS_LENGTH);

  function find(head: QuickHead): QuickAnswer | undefined {
    const { path } = head;
    const prefix = prefixOf(path);
    const entry = prefix && peek(path.slice(prefix.length));
    const known = entry && answers.get(entry);
    if (!known) return undefined;
    const peer = peerOf({ address: head.remoteAddress(), secure: head.secure }, (name) => head.header(name));
    const coding = codingOf(head.header('accept-encoding'));
    const one = knownOf(known, prefix, peer.secure, head.header('host'), coding);
    if (!one) return undefined;
    if (prefix === PAGE) {
      const isLookedAt = head.header('sec-purpose') === '';
      const userAgent = head.header('user-agent');
      if (isLookedAt) counted(entry.document.documentId, { address: peer.address, userAgent });
    } else if (!admit(peer.address)) return undefined;
    one.wasAsked = true;
    return isNotModified(head.header('if-none-match'), one.etag) ? one.notModified : one.full;
  }

  async function remember(question: Question, entry: PublicEntry, { status, headers }: Response): Promise<void> {
    const etag = headers.get('etag');
    const isForAll = headers.get('cache-control')?.startsWith('public') ?? false;
    if (status !== 200 || etag === null || !isForAll) return;
    const body = await bodyOf(entry, etag, headers.get('content-encoding'));
    const known = answers.get(entry) ?? [];
    // Of many who asked at the same time the first is remembered.
    const { prefix, secure, host, coding } = question;
    if (!body || knownOf(known, prefix, secure, host, coding)) return;
    const given = [...headers].filter(([name]) => !LEFT_OUT.has(name) && name !== 'etag');
    const bare = given.filter(([name]) => !OF_THE_BODY.has(name));
    const full = quickAnswer(200, [['etag', etag], ...given], body.buffer);
    const notModified = quickAnswer(304, [['etag', etag], ...bare], undefined);
    // The body is counted with the entry's other bytes too, and may outlive them.
    const size = body.length + full.block.rest.byteLength + notModified.block.rest.byteLength;
    makeRoom(entry, known);
    known.push({ ...question, etag, full, notModified, size, wasAsked: false });
    answers.set(entry, known);
    entry.grow(size);
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
      const host = request.headers.get('host') ?? '';
      // The same entry before and after: the answer is of that one.
      if (before && peek(slug) === before && host.length <= MAX_HOST_LENGTH) {
        const coding = codingOf(request.headers.get('accept-encoding') ?? '');
        await remember({ prefix, secure, host, coding }, before, response);
      }
      return response;
    },
  };
}
