/**
 * The author SDK: live documents for browsers and Node, without a framework.
 *
 *   index.ts             connect                      document.ts          one document, kept equal with the server's
 *   connection.ts        the socket, and reconnecting handshake-ticket.ts  proof of a signed-in user in handshakes
 *   outbox.ts            updates to be sent           unsent.ts            what the server lacks
 *   split.ts, piece.ts   an update in pieces          ranges.ts            runs of clocks
 *   status.ts            what an author sees of it    part-location.ts     where a refused part is
 *   awareness-sync.ts    carets and names             persistence*.ts      what stays on the device
 *   timings.ts           timeouts of a document       observable.ts        values that can be watched
 *   client-ids.ts        the Yjs client ids of this client: client-id-collision.ts finds one that another user has,
 *                        rename-client.ts moves work to a new one
 */
import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import type { ErrorBody } from '../../../schemas/errors.ts';
import { Connection } from './connection.ts';
import { EditorDocument } from './document.ts';
import { TicketSource } from './handshake-ticket.ts';
import type { Observable } from './observable.ts';
import type { Persistence } from './persistence.ts';
import type { ConnectionState, PartLocation, Status } from './status.ts';
import type { DocumentTimings } from './timings.ts';

/**
 * The Yjs that documents are made of. An application must have one Yjs only: use this one where `/sdk/editor.js` is
 * imported from a node; with the npm package it is the application's own `yjs`.
 */
export * as Y from 'yjs';
export type { ErrorBody, ErrorCode } from '../../../schemas/errors.ts';
export type { Persisted } from './persistence.ts';
export { indexedDbPersistence } from './persistence-indexeddb.ts';
export type { ConnectionState, DocumentTimings, Observable, PartLocation, Persistence, Status };

/** What a user may do with a document: read it, write in it, or also share and delete it. */
export type Level = 'view' | 'edit' | 'own';

export interface ConnectOptions {
  /** Where the nodes are (`https://host[:port]`); several are tried in turn. Left out in a page: its own origin. */
  url?: string | readonly string[];
  /** Bearer token; left out in a page: the session cookie. */
  token?: string;
  /** Milliseconds between attempts to connect; they double from min (30) to max (3,000), with jitter. */
  reconnectMinMs?: number;
  reconnectMaxMs?: number;
  /** Milliseconds that one attempt may take. Default 1,500. */
  connectTimeoutMs?: number;
  timings?: Partial<DocumentTimings>;
  /** A number in [0, 1). */
  random?: () => number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface OpenOptions {
  /** `view` sends no edits, also where the user may edit. Default `edit`. */
  mode?: 'edit' | 'view';
  /** Keeps what is typed on the device until it is committed: `indexedDbPersistence()` in browsers. Left out: memory alone. */
  persistence?: Persistence;
}

export interface OpenDocument {
  /** The draft: `getXmlFragment('body')` is the text, `getMap('meta')` holds `title` and `summary`. Every change is sent. */
  readonly ydoc: Doc;
  /** Carets and names of who is here (y-protocols); the server stamps who each one is. */
  readonly awareness: Awareness;
  /** Whether what is here is committed. Starts as `saving`. */
  readonly status: Observable<Status>;
  /** The user's level on the document, from the server's last message; null before the first, and when denied. */
  readonly role: Observable<Level | null>;
  /**
   * Counts how often work was moved to another client id, because another user has the former one. Do not apply updates of this
   * document that were stored elsewhere before: their work would be there twice.
   */
  readonly renamed: Observable<number>;
  /**
   * Counts how often the server reported that the document changed besides its text: it was published or unpublished, or its
   * visibility, slug or live switch changed. A report may be lost: read the document after connecting, too.
   */
  readonly changed: Observable<number>;
  /** Resolves when the server's state has arrived for the first time. */
  readonly synced: Promise<void>;
  /** Ends the document here, and destroys `ydoc`. What is not acknowledged stays in `persistence`, if there is one. */
  close(): Promise<void>;
}

export interface EditorClient {
  /**
   * Opens a document; at most once at a time on a client.
   * @throws {Error} when it is open here already
   */
  open(documentId: string, options?: OpenOptions): OpenDocument;
  readonly connection: Observable<ConnectionState>;
  /** Why the server does not let this client in; undefined while it does. */
  readonly refusal: Observable<ErrorBody | undefined>;
  /** Closes all documents and the connection, for good. */
  close(): Promise<void>;
}

const DEFAULT_TIMINGS: DocumentTimings = { ackTimeoutMs: 1_000, pingTimeoutMs: 700, reopenMs: 150, awarenessMs: 40 };
/** The most that browsers let a page send while it goes away, of all its requests together. */
const KEEPALIVE_BYTES = 64_000;

/** What is used of a browser's global scope; absent in Node. */
interface PageScope {
  document?: unknown;
  location?: { origin: string };
  addEventListener?(type: 'pagehide', listener: () => void): void;
  removeEventListener?(type: 'pagehide', listener: () => void): void;
}

function requestedUrls(url: ConnectOptions['url'], scope: PageScope): readonly string[] {
  const urls = typeof url === 'string' ? [url] : (url ?? []);
  if (urls.length > 0) return urls;
  if (!scope.location) throw new Error('connect requires a url outside of a browser');
  return [scope.location.origin];
}

/**
 * Connects to a cluster. Comes back by itself after every loss, until `close`.
 * @throws {Error} without a `url` outside of a page
 */
export function connect(options: ConnectOptions = {}): EditorClient {
  const random = options.random ?? Math.random;
  const scope: PageScope = globalThis as PageScope;
  const urls = requestedUrls(options.url, scope);
  const now = options.now ?? Date.now;
  const connectTimeoutMs = options.connectTimeoutMs ?? 1_500;
  const connection = new Connection({
    urls,
    token: options.token,
    tickets: new TicketSource({ token: options.token, timeoutMs: connectTimeoutMs, now }),
    random,
    reconnectMinMs: options.reconnectMinMs ?? 30,
    reconnectMaxMs: options.reconnectMaxMs ?? 3_000,
    connectTimeoutMs,
  });
  const open = new Map<string, EditorDocument>();

  /** On pagehide: unsent updates go by requests that outlive the page. */
  function sendOff(): void {
    let budget = KEEPALIVE_BYTES;
    for (const [documentId, document] of open) {
      const update = document.role.get() === 'view' ? undefined : document.unsaved(budget);
      if (!update) continue;
      budget -= update.byteLength;
      void fetch(new URL(`/v1/documents/${documentId}/updates`, urls[0]), {
        method: 'POST',
        keepalive: true,
        credentials: 'include',
        headers: {
          'content-type': 'application/octet-stream',
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        },
        body: update as Uint8Array<ArrayBuffer>,
      }).catch(() => undefined);
    }
  }
  const page = scope.document === undefined ? undefined : scope;
  page?.addEventListener?.('pagehide', sendOff);

  return {
    connection: connection.state,
    refusal: connection.refusal,
    open(documentId, { mode = 'edit', persistence } = {}) {
      if (open.has(documentId)) throw new Error(`document ${documentId} is already open on this client`);
      const document = new EditorDocument({
        documentId,
        mode,
        connection,
        persistence,
        now,
        random,
        timings: { ...DEFAULT_TIMINGS, ...options.timings },
      });
      open.set(documentId, document);
      return {
        ydoc: document.ydoc,
        awareness: document.awareness,
        status: document.status,
        role: document.role,
        renamed: document.renamed,
        changed: document.changed,
        synced: document.synced,
        async close() {
          open.delete(documentId);
          await document.close();
        },
      };
    },
    async close() {
      page?.removeEventListener?.('pagehide', sendOff);
      await Promise.all([...open.values()].map((document) => document.close()));
      open.clear();
      connection.close();
    },
  };
}
