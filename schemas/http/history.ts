/** The history of a draft: when it was written and by whom, and how it differs between two positions. */
import Type, { type Static } from 'typebox';
import { Handle, Limit, Seq, strict, Timestamp } from './common.ts';
import { DiffBlock } from './publishing.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const edits = (description: string) => Type.Integer({ minimum: 1, maximum: MAX, description });
const bytes = (description: string) => Type.Integer({ minimum: 0, maximum: MAX, description });
const position = (minimum: 0 | 1, description: string) => Type.Integer({ minimum, maximum: MAX, description });

const SessionAuthor = Type.Object(
  {
    handle: Handle,
    edits: edits('Number of edits by this author'),
    bytes: bytes('Size of the edits by this author'),
  },
  { ...strict, title: 'SessionAuthor' },
);

/** A stretch of writing without a long pause. */
export const WritingSession = Type.Object(
  {
    firstSeq: position(1, 'Position of the first edit'),
    lastSeq: position(1, 'Position of the last edit'),
    startedAt: Type.String({ ...Timestamp, description: 'Time of the first edit in RFC 3339, UTC' }),
    endedAt: Type.String({ ...Timestamp, description: 'Time of the last edit in RFC 3339, UTC' }),
    edits: edits('Number of edits'),
    bytes: bytes(
      'Size of the edits as Yjs updates. Deletions count as well as text, so it is not the length of the text',
    ),
    authors: Type.Array(SessionAuthor, { description: 'Who wrote, most edits first' }),
  },
  { ...strict, title: 'WritingSession' },
);
export type WritingSession = Static<typeof WritingSession>;

/** Query of `GET /v1/documents/{id}/writing-sessions`. */
export const WritingSessionListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    before: Type.Optional(position(1, '`next` of the previous page. Returns sessions before this position')),
  },
  strict,
);
export type WritingSessionListQuery = Static<typeof WritingSessionListQuery>;

export const WritingSessionList = Type.Object(
  {
    sessions: Type.Array(WritingSession),
    next: Type.Optional(position(1, 'Value of `before` for the next page. Omitted on the last page')),
  },
  { ...strict, title: 'WritingSessionList' },
);
export type WritingSessionList = Static<typeof WritingSessionList>;

/** Query of `GET /v1/documents/{id}/history/diff`. */
export const HistoryDiffQuery = Type.Object(
  {
    from: position(0, 'Position to compare with. 0 is the empty draft'),
    to: Type.Optional(position(0, 'Position to compare. By default the current one')),
  },
  strict,
);
export type HistoryDiffQuery = Static<typeof HistoryDiffQuery>;

/** A position of a draft, and the edit that led to it. */
export const Moment = Type.Object(
  {
    seq: Seq,
    editedAt: Type.Optional(
      Type.String({ ...Timestamp, description: 'Time of the edit at this position. Omitted at position 0' }),
    ),
    editedBy: Type.Optional({ ...Handle, description: 'Username of the author of that edit. Omitted at position 0' }),
  },
  { ...strict, title: 'Moment' },
);
export type Moment = Static<typeof Moment>;

/** How the draft differs between two positions: title and summary of both, and the text block by block. */
export const HistoryDiff = Type.Object(
  {
    from: Moment,
    to: Moment,
    title: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Title at both positions. A draft without a title has that of the document' },
    ),
    summary: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Summary at both positions' },
    ),
    blocks: Type.Array(DiffBlock),
  },
  { ...strict, title: 'HistoryDiff' },
);
export type HistoryDiff = Static<typeof HistoryDiff>;
