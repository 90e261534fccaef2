/**
 * The gate for what widgets say: the address of a socket and its messages. Nothing that is not in `schemas/widget.ts` gets
 * past it (I10).
 */
import { Compile } from 'typebox/compile';
import {
  WidgetFollow as FollowSchema,
  MAX_WIDGET_DOCUMENTS,
  type WidgetFollow,
  WidgetUnfollow,
} from '../../../schemas/widget.ts';

export type Wanted = WidgetFollow['documents'][number];
export type ClientMessage =
  | { type: 'follow'; documents: readonly Wanted[] }
  | { type: 'unfollow'; documents: readonly string[] };

const follow = Compile(FollowSchema);
const unfollow = Compile(WidgetUnfollow);
const NUMBER = /^(?:0|[1-9]\d{0,9})$/;

/** `?documents=a,b&since=3,7`; without `since` nothing is there yet. Undefined: not well-formed. */
export function parseAddress(url: string): readonly Wanted[] | undefined {
  const { searchParams } = new URL(url);
  const slugs = (searchParams.get('documents') ?? '').split(',', MAX_WIDGET_DOCUMENTS + 1);
  const since = searchParams.get('since');
  const positions = since === null || since === '' ? slugs.map(() => '0') : since.split(',', MAX_WIDGET_DOCUMENTS + 1);
  if (positions.length !== slugs.length || !positions.every((text) => NUMBER.test(text))) return undefined;
  const documents = slugs.map((slug, index) => ({ slug, since: Number(positions[index]) }));
  return follow.Check({ type: 'follow', documents }) ? documents : undefined;
}

export function parseMessage(message: Uint8Array | string): ClientMessage | undefined {
  if (typeof message !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(message);
    if (follow.Check(value)) return value as ClientMessage;
    return unfollow.Check(value) ? (value as ClientMessage) : undefined;
  } catch {
    return undefined;
  }
}
