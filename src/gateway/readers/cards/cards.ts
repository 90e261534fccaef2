/**
 * `/cards/{document}/{revision}.png`: the picture that other sites show beside a link to a published document. Of a live document the
 * address has the position of the draft as well, `{revision}-{seq}`: whoever kept an earlier picture asks again.
 *
 * I6: whether the document is public is read anew for each request; to all others there is nothing, as for one that never
 * existed. I9: a picture is drawn in a thread, in its client's turn, and kept while there is room; equal texts share one.
 */
import { networkOf } from '../../../lib/addresses.ts';
import type { Logger } from '../../../lib/logger.ts';
import { Lru } from '../../../lib/lru.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import type { Outcome, WorkerPool } from '../../../lib/worker-pool/worker-pool.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { type CachedBytes, contentTag, createBytes } from '../../../published/cached-bytes.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import type { Peer } from '../../access/peer.ts';
import type { Site } from '../../access/site.ts';
import { type Representation, respond } from '../../http/representation.ts';
import type { CardTask } from './card-tasks.ts';

export interface CardsPorts {
  pages: { byId(documentId: string): Promise<PublicEntry | undefined> };
  pool: Pick<WorkerPool<CardTask, Uint8Array<ArrayBuffer>>, 'run'>;
  fontFiles: readonly string[];
  site: Pick<Site, 'name'>;
  isUnavailable(error: unknown): boolean;
  log: Logger;
  /** Of pictures that are kept. */
  maxBytes: number;
}

export interface Cards {
  serves(pathname: string): boolean;
  /** Never rejects. */
  fetch(request: Request, peer: Peer): Promise<Response>;
}

const PREFIX = '/cards/';
const PATH = /^\/cards\/([0-9a-f-]{36})\/([1-9]\d{0,9})(?:-\d{1,16})?\.png$/;
/** The address names the revision; but what is withdrawn must not stay for long in the caches of others. */
const CACHED_FOR_S = 300;
const RETRY_S = 5;
/** A picture that is being drawn is waited for. */
const JOIN_MS = 60_000;

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/** @param of the page that is shown; with `seq` it is a live document's draft */
export const cardPath = (of: { documentId: string; revision: number; seq?: number | null }): string =>
  `${PREFIX}${of.documentId}/${of.revision}${typeof of.seq === 'number' ? `-${of.seq}` : ''}.png`;

/** PNG is compressed already. */
const pictureOf = ({ plain, tag, encoded }: CachedBytes): Representation => ({
  type: 'image/png',
  tag,
  plain,
  codings: [],
  encoded,
});

export function createCards(ports: CardsPorts): Cards {
  const { pages, pool, fontFiles, site, isUnavailable, log, maxBytes } = ports;
  const kept = new Lru<string, CachedBytes>(maxBytes);
  const drawing = new SingleFlight<Outcome<Uint8Array<ArrayBuffer>>>(() => performance.now(), JOIN_MS);

  const refuse = (status: number, text: string, more: Record<string, string> = {}): Response =>
    new Response(`${text}\n`, {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
    });
  const missing = () => refuse(404, 'Not found.');
  const busy = () => refuse(503, 'Temporarily unavailable. Try again in a moment.', { 'retry-after': String(RETRY_S) });

  async function draw(document: PublicDocument, owner: string): Promise<CachedBytes | undefined> {
    const texts = { title: document.title, siteName: site.name, language: document.language };
    const key = contentTag(JSON.stringify(texts));
    const present = kept.get(key);
    if (present) return present;
    const outcome = await drawing.join(key, () => pool.run(owner, () => ({ task: { ...texts, fontFiles } })));
    if (!outcome.ok) {
      log.warn(
        { documentId: document.documentId, reason: outcome.reason, err: outcome.err },
        'could not draw a link preview',
      );
      return undefined;
    }
    const bytes = kept.get(key) ?? createBytes(outcome.result, () => undefined);
    kept.set(key, bytes, bytes.plain.length);
    return bytes;
  }

  async function answer(request: Request, { address }: Peer): Promise<Response> {
    const [, documentId = '', number = ''] = PATH.exec(new URL(request.url).pathname) ?? [];
    const document = (await pages.byId(documentId))?.document;
    if (!document || Number(number) > document.revision) return missing();
    if (Number(number) < document.revision) {
      return new Response(null, {
        status: 302,
        headers: { ...HEADERS, location: cardPath(document), 'cache-control': 'no-store' },
      });
    }
    const bytes = await draw(document, networkOf(address));
    if (!bytes) return busy();
    return respond(request, pictureOf(bytes), { ...HEADERS, 'cache-control': `public, max-age=${CACHED_FOR_S}` });
  }

  return {
    serves: (pathname) => pathname.startsWith(PREFIX),
    async fetch(request, peer) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return refuse(405, 'Use GET or HEAD.', { allow: 'GET, HEAD' });
      }
      try {
        return await answer(request, peer);
      } catch (error) {
        if (isUnavailable(error)) return busy();
        log.error({ err: error }, 'could not serve a link preview');
        return refuse(500, 'Something went wrong on our side.');
      }
    },
  };
}
