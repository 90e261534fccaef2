/** What the API's operations are given: the ports of the outside and what is known of a request. */
import type { Failure } from '../../../../schemas/errors.ts';
import type { DraftChange, Parsed } from '../../../content/model/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort, UserChange } from '../../../ports/access.ts';
import type { CountedViews } from '../../../ports/counts.ts';
import type { Author } from '../../../ports/journal.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { Publisher } from '../../../publishing/service.ts';
import type { Documents } from '../../../storage/postgres/accounts/documents.ts';
import type { Grants } from '../../../storage/postgres/accounts/grants.ts';
import type { Sessions } from '../../../storage/postgres/accounts/sessions.ts';
import type { Tokens } from '../../../storage/postgres/accounts/tokens.ts';
import type { Users } from '../../../storage/postgres/accounts/users.ts';
import type { AuditTrail } from '../../../storage/postgres/audit/events.ts';
import type { Revisions } from '../../../storage/postgres/publishing/revisions.ts';
import type { Deliveries } from '../../../storage/postgres/webhooks/deliveries.ts';
import type { Webhooks } from '../../../storage/postgres/webhooks/webhooks.ts';
import type { AttemptLimiter } from '../../access/attempts.ts';
import type { TokenLookup } from '../../access/authenticate.ts';
import type { Devices } from '../../access/devices.ts';
import type { RateLimits } from '../../access/rate-limits.ts';
import type { Tickets } from '../../access/tickets.ts';
import type { Format, ReadingFormat } from '../content/draft-formats.ts';
import type { PublicPorts } from '../operations/public.ts';
import type { FollowEvents } from '../streams/document-events.ts';
import type { Repeats } from './idempotency.ts';
import type { RequestInfo } from './request.ts';

export interface ApiLimits {
  /** Bytes of a JSON body that is no text of a document. */
  maxJsonBytes: number;
  /** Bytes of a document's text as JSON, HTML or Markdown. */
  maxContentBytes: number;
  /** Bytes of a Yjs update. */
  maxUpdateBytes: number;
}

type Committed = { ok: true; seq: number } | Failure;

export interface DraftWriteRequest {
  author: Author;
  change: DraftChange;
  /** Only if the draft is at this position: else `precondition_failed`. */
  ifSeq?: number;
  /** The change was made from the draft as of this position: what came later is kept. */
  base?: number;
  /** 32 bits, the same each time that this very write is asked for: it is carried out once. */
  writeId?: number;
}

/** Drafts wherever their owner is. Access was checked before; `seq` is the position after the commit (I1). */
export interface Drafts {
  edit(documentId: string, request: { author: Author; update: Uint8Array }): Promise<Committed>;
  write(documentId: string, request: DraftWriteRequest): Promise<Committed>;
  read(
    documentId: string,
    want: 'state',
  ): Promise<{ ok: true; epoch: number; seq: number; state: Uint8Array } | Failure>;
  /** The draft as it was: Yjs updates up to `seq`; undefined when it has not got so far. */
  stateAt(documentId: string, seq: number): Promise<Uint8Array[] | undefined>;
}

/** A draft as of a position, as Yjs updates. */
export interface DraftSource {
  seq: number;
  epoch?: number;
  updates: readonly Uint8Array[];
}

export interface DraftRequest {
  documentId: string;
  format: Format;
  /** Of a draft without a title of its own. */
  title: string;
  /** The position, where it is known before: what was made of it may be there still. */
  seq?: number;
  /** Reads the draft, when its turn comes; undefined when there is none. */
  load(): Promise<({ ok: true } & DraftSource) | Failure | undefined>;
}

/** A revision that is published or was. Its text never changes. */
export interface RevisionRequest {
  documentId: string;
  number: number;
  format: ReadingFormat;
  /** Of the JSON format, besides the body. */
  fields: object;
  /** Reads the body, as JSON, when its turn comes; undefined when there is none. */
  load(): Promise<string | undefined>;
}

export interface DiffRequest {
  documentId: string;
  from: number;
  to: number;
  /** Besides the blocks. */
  fields: object;
  /** Reads both bodies, as JSON, when its turn comes; undefined when one is missing. */
  load(): Promise<{ before: string; after: string } | undefined>;
}

/** A text, encoded as its format has it. */
export type Encoded = { ok: true; bytes: Uint8Array };

/**
 * Work on content that may be large: bounded, fair among users, and off the event loop where it is long (I9, I10). Each
 * is for a user, whose other work it waits for.
 */
export interface ContentWork {
  /** Why work for this user would be refused now: to be asked before the database is. */
  refusal(userId: string): Failure | undefined;
  parse(userId: string, form: 'html' | 'markdown', text: string): Promise<Parsed | Failure>;
  /** A draft's text in a format. The same text is encoded once for all who ask for it. */
  draft(userId: string, request: DraftRequest): Promise<(Encoded & { seq: number }) | Failure | undefined>;
  /** A revision in a format. The same text is encoded once for all who ask for it. */
  revision(userId: string, request: RevisionRequest): Promise<Encoded | Failure | undefined>;
  /** How two revisions of a document differ: JSON with `blocks` beside the fields. Compared once, as above. */
  diff(userId: string, request: DiffRequest): Promise<Encoded | Failure | undefined>;
}

export interface ApiPorts {
  accounts: Users;
  documents: Documents;
  grants: Grants;
  /** API tokens and sessions alike, by what a request shows. */
  holders: TokenLookup;
  sessions: Sessions;
  tokens: Tokens;
  access: AccessPort;
  drafts: Drafts;
  webhooks: Webhooks;
  deliveries: Deliveries;
  content: ContentWork;
  publisher: Publisher;
  revisions: Pick<Revisions, 'list' | 'summary' | 'body'>;
  /** All that anonymous readers can reach (I6). */
  publicPages: PublicPorts['publicPages'];
  watches: PublicPorts['watches'];
  /** Where is counted what waits for clients to read. */
  unread: PublicPorts['unread'];
  /** What was counted of readers. */
  counted: Pick<CountedViews, 'views'>;
  audit: AuditTrail;
  /** Follows a document for one who has no socket. Checks access itself. */
  followEvents: FollowEvents;
  /** A session or token has changed something: its next reads must show it. Absent where every read does. */
  wrote?: ((holder: string) => Promise<void>) | undefined;
  /** Guard sign-in. */
  attempts: AttemptLimiter;
  devices: Devices;
  tickets: Pick<Tickets, 'issue'>;
  rates: RateLimits;
  repeats: Repeats;
  clock: Clock;
  log: Logger;
  limits: ApiLimits;
  /** Whether the request came over TLS, here or at a trusted proxy: decides the cookie's name and attributes. */
  isSecure(request: Request, info: RequestInfo): boolean;
  /** Tells the other parts and nodes of a committed change of a user's access or sessions (I6). Must not throw. */
  onUserChange(userId: string, change: UserChange): void;
  /** Tells all nodes of a committed change of a document. Must not throw. */
  notify(channel: string, notice: DocumentNotice): void;
  /** True when an error means that the database is away or asks to try again. */
  isUnavailable(error: unknown): boolean;
}

/** Hono's types: what the listener passes in, what is known on the way. */
export interface ApiEnv {
  Bindings: { info: RequestInfo };
  Variables: { secure: boolean; requestId: string };
}
