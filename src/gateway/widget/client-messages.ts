/**
 * Parses what widgets send: the address of a socket and its messages. Nothing that is not in `schemas/widget.ts` gets past
 * it (I10).
 */
import { Compile } from 'typebox/compile';
import {
  WidgetFollow as FollowSchema,
  MAX_WIDGET_DOCUMENTS,
  type WidgetFollow,
  WidgetUnfollow,
} from '../../../schemas/widget.ts';
import { FROM_START, parsePosition, type ReaderPosition } from '../../published/reader-position.ts';

export interface FollowRequest {
  readonly slug: string;
  readonly position: ReaderPosition;
}
export type ClientMessage =
  | { type: 'follow'; documents: readonly FollowRequest[] }
  | { type: 'unfollow'; documents: readonly string[] };

const follow = Compile(FollowSchema);
const unfollow = Compile(WidgetUnfollow);

const requestsOf = (documents: WidgetFollow['documents']): readonly FollowRequest[] =>
  documents.map(({ slug, since, id }) => ({ slug, position: { revision: since, documentId: id } }));

/** `?documents=a,b&since=3.{document},7`; without `since` the client has nothing yet. Undefined: not well-formed. */
export function parseAddress(url: string): readonly FollowRequest[] | undefined {
  const { searchParams } = new URL(url);
  const slugs = (searchParams.get('documents') ?? '').split(',', MAX_WIDGET_DOCUMENTS + 1);
  const given = searchParams.get('since') || slugs.map(() => '0').join();
  const positions = given.split(',', MAX_WIDGET_DOCUMENTS + 1).map(parsePosition);
  if (positions.length !== slugs.length || positions.includes(undefined)) return undefined;
  const requests = slugs.map((slug, index) => ({ slug, position: positions[index] ?? FROM_START }));
  const documents = requests.map(({ slug, position }) => ({ slug, since: position.revision }));
  return follow.Check({ type: 'follow', documents }) ? requests : undefined;
}

export function parseMessage(message: Uint8Array | string): ClientMessage | undefined {
  if (typeof message !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(message);
    if (follow.Check(value)) return { type: 'follow', documents: requestsOf(value.documents) };
    return unfollow.Check(value) ? (value as ClientMessage) : undefined;
  } catch {
    return undefined;
  }
}
