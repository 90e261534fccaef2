/**
 * The state of a client's awareness as others see it: one rule for every editor. Who it is is the server's word (I4); places
 * in the text are checked, for editors throw on malformed ones inside the co-author's page (I10); all else is passed on.
 *
 *   Tiptap, ProseMirror, CodeMirror, Quill   user {name, color}, cursor {anchor, head}
 *   Monaco                                   selection {anchor, head}
 *   Lexical                                  name, color, anchorPos, focusPos
 */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { ClientId } from '../../../schemas/realtime.ts';
import type { Presence } from './awareness.ts';

const Id = Type.Object({ client: ClientId, clock: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) });
const position = Compile(
  Type.Object({
    type: Type.Optional(Type.Union([Id, Type.Null()])),
    tname: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
    item: Type.Optional(Type.Union([Id, Type.Null()])),
    assoc: Type.Optional(Type.Integer({ minimum: -1, maximum: 0 })),
  }),
);
/** A relative position that Yjs finds nowhere, so that editors show nothing. */
const NOWHERE = { item: { client: 0, clock: Number.MAX_SAFE_INTEGER } };
/** Editors put colours into style attributes. */
const COLOR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,32}|(?:rgb|hsl)a?\([0-9.,%/ deg]{1,64}\))$/i;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A position that names nothing makes Yjs throw as well. */
function isPosition(value: unknown): boolean {
  if (!position.Check(value)) return false;
  const { type, tname, item } = value;
  return (type ?? tname ?? item ?? null) !== null;
}

/**
 * A pair of places. Whatever else an application keeps there stays: with places that are none, or without any, it gets two
 * that are nowhere.
 */
function pairOf(value: Fields): Fields {
  const { anchor, head } = value;
  return isPosition(anchor) && isPosition(head) ? value : { ...value, anchor: NOWHERE, head: NOWHERE };
}

function colorsOf(value: Fields, names: readonly string[]): Fields {
  const colors: Fields = {};
  for (const name of names) {
    const color = value[name];
    if (typeof color === 'string' && COLOR.test(color)) colors[name] = color;
  }
  return colors;
}

/** Keys whose values editors trust, and what becomes of them; left out when undefined. */
function shown(key: string, value: unknown, handle: string): unknown {
  switch (key) {
    case 'name':
      return handle;
    case 'color':
    case 'colorLight':
      return typeof value !== 'string' || COLOR.test(value) ? value : undefined;
    case 'cursor':
    case 'selection':
      if (value === null) return null;
      return isFields(value) ? pairOf(value) : undefined;
    case 'anchorPos':
    case 'focusPos':
      return isPosition(value) ? value : null;
    default:
      return value;
  }
}

export function stamp(presence: Presence, user: { id: string; handle: string }): Presence {
  if (presence.state === null) return presence;
  const state: Fields = {};
  for (const [key, value] of Object.entries(presence.state)) {
    const passed = shown(key, value, user.handle);
    // `__proto__` as a key of JSON is a field like any other.
    if (passed !== undefined)
      Object.defineProperty(state, key, { value: passed, enumerable: true, configurable: true, writable: true });
  }
  const claimed = presence.state.user;
  const colors = isFields(claimed) ? colorsOf(claimed, ['color', 'colorLight']) : {};
  state.user = { ...colors, id: user.id, handle: user.handle, name: user.handle };
  return { ...presence, state };
}
