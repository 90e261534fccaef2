/**
 * A document's events for clients without WebSockets: over Server-Sent Events each with its `id`, `event` and JSON `data`,
 * over long polling as a page of the same.
 */
import Type, { type Static } from 'typebox';
import { Seq, strict } from './common.ts';
import { Level } from './documents.ts';
import { RevisionNumber } from './publishing.ts';

/** A client's position: of the draft, the last revision that it received, and whether it received its unpublication. */
export const EventPosition = Type.String({
  pattern: '^(?:0|[1-9][0-9]{0,15})\\.(?:0|[1-9][0-9]{0,9})u?$',
  examples: ['7.2'],
  description:
    'Position in the stream: `seq` of the draft, a dot, the last revision, and `u` if it was unpublished. `0.0` is the beginning',
});

/** Committed updates `from`..`seq`, merged into one (I3). */
export const UpdateData = Type.Object(
  {
    from: Type.Integer({ ...Seq, description: 'Position of the first update' }),
    seq: Type.Integer({ ...Seq, description: 'Position of the last update' }),
    update: Type.String({ contentEncoding: 'base64', description: 'The updates as one Yjs v1 update, in base64' }),
  },
  { ...strict, title: 'UpdateData' },
);
export const PublishedData = Type.Object({ revision: RevisionNumber }, { ...strict, title: 'PublishedData' });
export const AccessData = Type.Object({ role: Level }, { ...strict, title: 'AccessData' });
export const ByeData = Type.Object(
  {
    code: Type.String({ description: 'Code of the error' }),
    message: Type.String({ description: 'Message of the error, for people' }),
  },
  { ...strict, title: 'ByeData' },
);
const Nothing = Type.Object({}, strict);

/** Every event and its data. */
export const STREAM_EVENTS = {
  update: UpdateData,
  published: PublishedData,
  /** Readers can no longer open the document. */
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
    type: Type.Union(
      (Object.keys(STREAM_EVENTS) as StreamEventType[]).map((type) => Type.Literal(type)),
      { description: 'Type of the event' },
    ),
    data: Type.Object({}, { description: 'Data of the event, by its type' }),
  },
  { ...strict, title: 'StreamEvent' },
);
export type StreamEvent = { id: string; type: StreamEventType; data: object };

export const EventPage = Type.Object(
  {
    events: Type.Array(StreamEvent),
    next: Type.String({ ...EventPosition, description: 'Value of `after` for the next request' }),
  },
  { ...strict, title: 'EventPage' },
);
export type EventPage = { events: StreamEvent[]; next: string };

export const EventsQuery = Type.Object(
  {
    after: Type.Optional(EventPosition),
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 60,
        description: 'Seconds to wait for the first event. For long polling only',
      }),
    ),
  },
  strict,
);
export type EventsQuery = Static<typeof EventsQuery>;
