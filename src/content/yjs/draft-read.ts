/**
 * Reads a draft's body. Anyone with the right to edit can write anything into a Yjs document, so nothing here is taken on
 * trust: what the schema does not know is left out, what stands in the wrong place is mended, and it never throws. No
 * recursion: nesting is the sender's choice.
 */
import * as Y from 'yjs';
import { BodyBuilder } from '../model/builder.ts';
import { cleanText } from '../model/clean.ts';
import { MARKS, markOf, orderMarks, SHAPES } from '../model/shape.ts';
import type { Body, Mark } from '../model/types.ts';
import { type Formats, readRuns } from './draft-text.ts';

/** y-prosemirror adds a hash to marks that may overlap themselves: `name--AbCd1234`. */
const HASHED = /--[a-zA-Z0-9+/=]{8}$/;

export const markName = (format: string): string => format.replace(HASHED, '');

interface Frame {
  next: Y.Item | null;
  readonly level: number;
}

export function readBody(fragment: Y.XmlFragment | null): Body {
  const builder = new BodyBuilder();
  const frames: Frame[] = [{ next: fragment?._start ?? null, level: 1 }];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const item = frame.next;
    if (item === null) {
      builder.close(frame.level);
      frames.pop();
      continue;
    }
    frame.next = item.right;
    if (item.deleted || !(item.content instanceof Y.ContentType)) continue;
    const { type } = item.content;
    if (type instanceof Y.Text) {
      if (!isTree(type)) readText(type, builder);
    } else if (type instanceof Y.XmlElement) {
      const level = openElement(type, builder);
      if (level !== null) frames.push({ next: type._start, level });
    }
  }
  return builder.finish();
}

/** Whether types stand among its words, as Lexical keeps blocks, runs and lists: read as words, it would lose most of them. */
function isTree(text: Y.Text): boolean {
  for (let item = text._start; item !== null; item = item.right) {
    if (!item.deleted && item.content instanceof Y.ContentType) return true;
  }
  return false;
}

/** Null if nothing inside is to be read. */
function openElement(element: Y.XmlElement, builder: BodyBuilder): number | null {
  const { nodeName } = element;
  if (nodeName === 'hardBreak') builder.hardBreak();
  else if (nodeName === 'horizontalRule') builder.horizontalRule();
  else if (SHAPES.has(nodeName)) return builder.open(nodeName, (name) => element.getAttribute(name));
  return null;
}

function readText(text: Y.Text, builder: BodyBuilder): void {
  readRuns(text, {
    follows: (format) => MARKS.includes(markName(format)),
    run: (run, formats) => builder.text(cleanText(run), marksOf(formats)),
  });
}

function marksOf(formats: Formats): readonly Mark[] {
  if (formats.size === 0) return [];
  const marks: Mark[] = [];
  for (const [format, value] of formats) {
    const attrs = (typeof value === 'object' ? value : {}) as Record<string, unknown>;
    const mark = markOf(markName(format), (name) => attrs[name]);
    if (mark !== null) marks.push(mark);
  }
  return orderMarks(marks);
}
