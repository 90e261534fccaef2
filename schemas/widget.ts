/**
 * Messages of the widget protocol: JSON in text frames of a raw WebSocket (`/w`), one schema each. PROTOCOL.md explains
 * them; a test fails when the two differ. Everything in them is public (I6).
 */
import Type, { type Static } from 'typebox';
import { DocumentId } from './realtime.ts';
import { draftChange } from './viewer.ts';

const strict = { additionalProperties: false } as const;

/** Documents that one socket follows at most. */
export const MAX_WIDGET_DOCUMENTS = 50;
const MAX_SLUG = 100;

/** A document's name in addresses. A text that can be no name is answered as a name that nobody uses (I6). */
const Slug = Type.String({ minLength: 1, maxLength: MAX_SLUG });
const Revision = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
/** The newest revision that the client has; 0: none. */
const Since = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

// From the server ---------------------------------------------------------------------------------------------------
/** A published revision in full; `html` is safe as it stands. */
export const WidgetRevision = Type.Object(
  {
    type: Type.Literal('revision'),
    document: Slug,
    id: DocumentId,
    revision: Revision,
    title: Type.String(),
    summary: Type.String(),
    html: Type.String(),
    author: Type.String(),
    publishedAt: Type.String(),
    /** BCP 47. */
    language: Type.String(),
  },
  strict,
);
export type WidgetRevision = Static<typeof WidgetRevision>;

/** What changed of the draft of a live document. */
export const WidgetLive = Type.Object({ type: Type.Literal('live'), document: Slug, ...draftChange }, strict);
export type WidgetLive = Static<typeof WidgetLive>;

/** The document is no longer live: its revision is shown again. */
export const WidgetSettled = Type.Object({ type: Type.Literal('settled'), document: Slug }, strict);
export type WidgetSettled = Static<typeof WidgetSettled>;

/** Private, unpublished, deleted or never there: the same message for all (I6). */
export const WidgetGone = Type.Object({ type: Type.Literal('gone'), document: Slug }, strict);
export type WidgetGone = Static<typeof WidgetGone>;

/** A request was not carried out; the socket stays. */
export const WidgetError = Type.Object(
  { type: Type.Literal('error'), code: Type.String(), message: Type.String() },
  strict,
);
export type WidgetError = Static<typeof WidgetError>;

// From a client -----------------------------------------------------------------------------------------------------
export const WidgetFollow = Type.Object(
  {
    type: Type.Literal('follow'),
    /** `id`: the document that `since` is of; the name may be another one's by now. */
    documents: Type.Array(Type.Object({ slug: Slug, since: Since, id: Type.Optional(DocumentId) }, strict), {
      minItems: 1,
      maxItems: MAX_WIDGET_DOCUMENTS,
    }),
  },
  strict,
);
export type WidgetFollow = Static<typeof WidgetFollow>;

export const WidgetUnfollow = Type.Object(
  {
    type: Type.Literal('unfollow'),
    documents: Type.Array(Slug, { minItems: 1, maxItems: MAX_WIDGET_DOCUMENTS }),
  },
  strict,
);
export type WidgetUnfollow = Static<typeof WidgetUnfollow>;

/** Every message of the protocol and who sends it. */
export const WIDGET_MESSAGES = {
  revision: { from: 'server', body: WidgetRevision },
  live: { from: 'server', body: WidgetLive },
  settled: { from: 'server', body: WidgetSettled },
  gone: { from: 'server', body: WidgetGone },
  error: { from: 'server', body: WidgetError },
  follow: { from: 'client', body: WidgetFollow },
  unfollow: { from: 'client', body: WidgetUnfollow },
} as const;
