/**
 * Messages of the viewer protocol (Socket.IO, namespace `/view`, the encoding of the author protocol), one schema each.
 * PROTOCOL.md explains them; a test fails when the two differ. Order is by revision number, and of a live draft by
 * position (I7).
 */
import Type, { type Static } from 'typebox';
import { Bye, DocumentId, Done } from './realtime.ts';

const strict = { additionalProperties: false } as const;

/** A document's name in addresses. A text that can be no name is answered as a name that nobody uses (I6). */
const Slug = Type.String({ minLength: 1, maxLength: 100 });
const Revision = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

// From a client -----------------------------------------------------------------------------------------------------
export const Watch = Type.Object(
  {
    slug: Slug,
    /** The newest revision that the client has; 0 or left out: none. */
    since: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    /** The document that `since` is of: the name may be another one's by now. */
    id: Type.Optional(DocumentId),
  },
  strict,
);
export type Watch = Static<typeof Watch>;

export const Unwatch = Type.Object({ slug: Slug }, strict);
export type Unwatch = Static<typeof Unwatch>;

// Answers -----------------------------------------------------------------------------------------------------------
/** A live document's draft, all of it, block by block; `blocks` is safe HTML. */
export const LiveText = Type.Object(
  { seq: Position, title: Type.String(), summary: Type.String(), blocks: Type.Array(Type.String()) },
  strict,
);
export type LiveText = Static<typeof LiveText>;

export const Watched = Type.Object(
  {
    ok: Type.Literal(true),
    revision: Revision,
    /** The draft is shown as it is written. */
    live: Type.Boolean(),
    /** Null of a live document: it follows as `live` with `base` null. */
    draft: Type.Union([LiveText, Type.Null()]),
    reading: Type.Integer({ minimum: 0 }),
  },
  strict,
);
export type Watched = Static<typeof Watched>;

// From the server ---------------------------------------------------------------------------------------------------
/** A published revision in full; `html` is safe as it stands. */
export const ViewedRevision = Type.Object(
  {
    slug: Slug,
    id: DocumentId,
    revision: Revision,
    title: Type.String(),
    summary: Type.String(),
    html: Type.String(),
    publishedAt: Type.String(),
    /** BCP 47. */
    language: Type.String(),
  },
  strict,
);
export type ViewedRevision = Static<typeof ViewedRevision>;

/** Private, unpublished, deleted or renamed: the same message for all (I6). */
export const Gone = Type.Object({ slug: Slug }, strict);
export type Gone = Static<typeof Gone>;

/** Carried out one after the other; `blocks` is safe HTML. */
export const Splice = Type.Object({ at: Position, remove: Position, blocks: Type.Array(Type.String()) }, strict);
export type Splice = Static<typeof Splice>;

/** What changed of a live draft from `base` to `seq`; `base` null: from an empty one. Viewers and widgets get it alike. */
export const draftChange = {
  seq: Position,
  base: Type.Union([Position, Type.Null()]),
  title: Type.Optional(Type.String()),
  summary: Type.Optional(Type.String()),
  splices: Type.Array(Splice),
};

export const Live = Type.Object({ slug: Slug, ...draftChange }, strict);
export type Live = Static<typeof Live>;

/** The document is no longer live. */
export const Settled = Type.Object({ slug: Slug }, strict);
export type Settled = Static<typeof Settled>;

export const Reading = Type.Object({ slug: Slug, count: Type.Integer({ minimum: 0 }) }, strict);
export type Reading = Static<typeof Reading>;

/** The node drains: reconnect, perhaps to another, at a random moment within the time that is left. */
export const Leave = Type.Object({ withinMs: Position }, strict);
export type Leave = Static<typeof Leave>;

/** Every event of the protocol: who sends it, its body, its acknowledgement. */
export const VIEWER_EVENTS = {
  watch: { from: 'client', body: Watch, answer: Watched },
  unwatch: { from: 'client', body: Unwatch, answer: Done },
  revision: { from: 'server', body: ViewedRevision, answer: undefined },
  gone: { from: 'server', body: Gone, answer: undefined },
  live: { from: 'server', body: Live, answer: undefined },
  settled: { from: 'server', body: Settled, answer: undefined },
  reading: { from: 'server', body: Reading, answer: undefined },
  leave: { from: 'server', body: Leave, answer: undefined },
  bye: { from: 'server', body: Bye, answer: undefined },
} as const;
export type ViewerEventName = keyof typeof VIEWER_EVENTS;
