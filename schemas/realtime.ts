/**
 * Messages of the author protocol (Socket.IO, `socket.io-msgpack-parser` encoding), one schema each.
 * PROTOCOL.md explains them; a test fails when the two differ. Binary is a Yjs v1 update, state vector or y-protocols
 * awareness update as `Uint8Array`.
 */
import Type, { type Static } from 'typebox';

/** Binary content. JSON Schema has no binary type: the check is on the value itself. */
const Binary = Type.Refine(
  Type.Unsafe<Uint8Array>({ contentEncoding: 'binary' }),
  (value) => value instanceof Uint8Array,
  () => 'must be a Uint8Array',
);

export const DocumentId = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID of a document, lower case',
});
/** A Yjs client id: an unsigned 32-bit integer, as `Y.Doc` draws it. */
export const ClientId = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Role = Type.Union([Type.Literal('view'), Type.Literal('edit'), Type.Literal('own')]);
export type Role = Static<typeof Role>;

const strict = { additionalProperties: false } as const;

// From a client -----------------------------------------------------------------------------------------------------
export const Open = Type.Object(
  {
    doc: DocumentId,
    clientID: ClientId,
    stateVector: Binary,
    mode: Type.Union([Type.Literal('edit'), Type.Literal('view')]),
  },
  strict,
);
export type Open = Static<typeof Open>;

export const Edit = Type.Object({ doc: DocumentId, n: Position, update: Binary }, strict);
export type Edit = Static<typeof Edit>;

export const Awareness = Type.Object({ doc: DocumentId, update: Binary }, strict);
export type Awareness = Static<typeof Awareness>;

export const Close = Type.Object({ doc: DocumentId }, strict);
export type Close = Static<typeof Close>;

export const Ping = Type.Object({}, strict);

// Answers -----------------------------------------------------------------------------------------------------------
export const Opened = Type.Object(
  {
    ok: Type.Literal(true),
    epoch: Position,
    seq: Position,
    role: Role,
    update: Binary,
    stateVector: Binary,
    /** Bytes of the largest update that this node takes; frames far over it end the connection. */
    maxUpdateBytes: Type.Optional(Position),
    /** Structs in the largest update that it takes. */
    maxUpdateStructs: Type.Optional(Position),
  },
  strict,
);
export type Opened = Static<typeof Opened>;

export const Edited = Type.Object(
  {
    ok: Type.Literal(true),
    n: Position,
    seq: Position,
    /** All of it was there already: no position is its own (I7). */
    unchanged: Type.Optional(Type.Literal(true)),
  },
  strict,
);
export type Edited = Static<typeof Edited>;

export const Done = Type.Object({ ok: Type.Literal(true) }, strict);

// From the server ---------------------------------------------------------------------------------------------------
/** Committed updates `from`..`seq` of a document, merged into one. */
export const Edits = Type.Object(
  { doc: DocumentId, epoch: Position, seq: Position, from: Position, update: Binary },
  strict,
);
export type Edits = Static<typeof Edits>;

/** The position of the journal, so that a receiver whose last `edits` was dropped learns of it (I7). */
export const Head = Type.Object({ doc: DocumentId, epoch: Position, seq: Position }, strict);
export type Head = Static<typeof Head>;

export const Access = Type.Object({ doc: DocumentId, role: Type.Union([Role, Type.Null()]) }, strict);
export type Access = Static<typeof Access>;

/** The document was published, unpublished, or changed in visibility, address, title or whether it is live: read it again. */
export const Changed = Type.Object({ doc: DocumentId }, strict);
export type Changed = Static<typeof Changed>;

export const ReopenReason = Type.Union([
  Type.Literal('deposed'),
  Type.Literal('moved'),
  Type.Literal('restarted'),
  Type.Literal('unreachable'),
]);
export type ReopenReason = Static<typeof ReopenReason>;
export const Reopen = Type.Object({ doc: DocumentId, reason: ReopenReason }, strict);
export type Reopen = Static<typeof Reopen>;

export const Drain = Type.Object({ reconnectInMs: Position }, strict);
export type Drain = Static<typeof Drain>;

export const Bye = Type.Object({ code: Type.String(), message: Type.String() }, strict);
export type Bye = Static<typeof Bye>;

/** Every event of the protocol: who sends it, its body, its acknowledgement. */
export const EVENTS = {
  open: { from: 'client', body: Open, answer: Opened },
  edit: { from: 'client', body: Edit, answer: Edited },
  awareness: { from: 'both', body: Awareness, answer: undefined },
  close: { from: 'client', body: Close, answer: Done },
  ping: { from: 'client', body: Ping, answer: Done },
  edits: { from: 'server', body: Edits, answer: undefined },
  head: { from: 'server', body: Head, answer: undefined },
  access: { from: 'server', body: Access, answer: undefined },
  changed: { from: 'server', body: Changed, answer: undefined },
  reopen: { from: 'server', body: Reopen, answer: undefined },
  drain: { from: 'server', body: Drain, answer: undefined },
  bye: { from: 'server', body: Bye, answer: undefined },
} as const;
