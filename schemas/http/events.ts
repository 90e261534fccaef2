/**
 * A document's events for clients without WebSockets: over Server-Sent Events each with its `id`, `event` and JSON `data`,
 * over long polling as a page of the same.
 */
import Type, { type Static } from 'typebox';
import { Role } from '../realtime.ts';
import { Seq, strict } from './common.ts';
import { RevisionNumber } from './publishing.ts';

/** A client's position: of the draft, the last revision it received, and whether it received its withdrawal. */
export const EventPosition = Type.String({
  pattern: '^(?:0|[1-9][0-9]{0,15})\\.(?:0|[1-9][0-9]{0,9})u?$',
  description:
    'Position: the draft’s `seq`, a dot, the last revision, and `u` if that was withdrawn. `0.0` is the beginning',
});

/** Committed updates `from`..`seq`, merged into one (I3). */
export const UpdateData = Type.Object(
  { from: Seq, seq: Seq, update: Type.String({ contentEncoding: 'base64', description: 'Yjs v1 update' }) },
  { ...strict, title: 'UpdateData' },
);
export const PublishedData = Type.Object({ revision: RevisionNumber }, { ...strict, title: 'PublishedData' });
export const AccessData = Type.Object({ role: Role }, { ...strict, title: 'AccessData' });
export const ByeData = Type.Object({ code: Type.String(), message: Type.String() }, { ...strict, title: 'ByeData' });
const Nothing = Type.Object({}, strict);

/** Every event and its data. */
export const STREAM_EVENTS = {
  update: UpdateData,
  published: PublishedData,
  /** Withdrawn from readers. */
  unpublished: Nothing,
  /** Title, summary, slug or visibility changed. */
  changed: Nothing,
  /** Your level of access changed. */
  access: AccessData,
  /** The stream ends: access was revoked, the document deleted, or the node shuts down. */
  bye: ByeData,
} as const;
export type StreamEventType = keyof typeof STREAM_EVENTS;

export const StreamEvent = Type.Object(
  {
    id: EventPosition,
    type: Type.Union((Object.keys(STREAM_EVENTS) as StreamEventType[]).map((type) => Type.Literal(type))),
    data: Type.Object({}),
  },
  { ...strict, title: 'StreamEvent' },
);
export type StreamEvent = { id: string; type: StreamEventType; data: object };

export const EventPage = Type.Object(
  { events: Type.Array(StreamEvent), next: EventPosition },
  { ...strict, title: 'EventPage' },
);
export type EventPage = { events: StreamEvent[]; next: string };

export const EventsQuery = Type.Object(
  {
    after: Type.Optional(EventPosition),
    wait: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60, description: 'Seconds to wait for the first event; long polling only' }),
    ),
  },
  strict,
);
export type EventsQuery = Static<typeof EventsQuery>;
