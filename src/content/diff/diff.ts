/**
 * Differences between two bodies for people to read: block by block in reading order, word by word inside a block. The
 * HTML comes from the same renderer as what is published; `ins` and `del` are marks to it.
 *
 * Invariant: taking away all of `del` and the removed blocks leaves the new text, taking away all of `ins` and the added
 * ones the old.
 */
import { renderBlock } from '../html/html.ts';
import { MAX_DEPTH } from '../model/limits.ts';
import { SHAPES } from '../model/shape.ts';
import { cellsOf } from '../model/tables.ts';
import type { Block, Body, Mark, Node } from '../model/types.ts';
import { type Item, match } from './match.ts';
import { gapsFromEnd, type Pair } from './sequence.ts';
import { type CellPosition, columnPlaces } from './table-changes.ts';
import { alignWords } from './text-changes.ts';
import { words } from './words.ts';

export interface DiffBlock {
  readonly kind: 'same' | 'added' | 'removed' | 'changed';
  readonly html: string;
}

export function diffBodies(before: Body, after: Body): DiffBlock[] {
  return steps(before.content, after.content).map((step): DiffBlock => {
    switch (step.kind) {
      case 'changed':
        return { kind: 'changed', html: renderBlock(merge(step.before, step.after, 1)) };
      default:
        return { kind: step.kind, html: renderBlock(step.node) };
    }
  });
}

type Step =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly node: Node }
  | { readonly kind: 'changed'; readonly before: Node; readonly after: Node };

/** What became of each node, in reading order; what went stands before what came in its place. */
function steps(before: readonly Node[], after: readonly Node[]): Step[] {
  const { pairs, equal } = match(before.map(itemOf), after.map(itemOf));
  const gaps = new Map(gapsFromEnd(pairs, before.length, after.length).map((gap) => [gap.before[0], gap]));
  const result: Step[] = [];
  const addGap = (start: number) => {
    const gap = gaps.get(start);
    if (gap === undefined) return;
    for (const node of before.slice(...gap.before)) result.push({ kind: 'removed', node });
    for (const node of after.slice(...gap.after)) result.push({ kind: 'added', node });
  };
  addGap(0);
  for (const [first, second] of pairs) {
    const node = after[second]!;
    if (equal.has(first)) result.push({ kind: 'same', node });
    else result.push({ kind: 'changed', before: before[first]!, after: node });
    addGap(first + 1);
  }
  return result;
}

/** Nodes of other attributes are of another kind: a change of level or language shows as one block for another. */
function itemOf(node: Block): Item {
  return { kind: `${node.type}${JSON.stringify(node.attrs ?? {})}`, key: JSON.stringify(node) };
}

/** One node of both, with what differs marked. */
function merge(before: Node, after: Node, depth: number): Node {
  const shape = SHAPES.get(after.type);
  if (depth > MAX_DEPTH || shape === 'nothing') return after;
  if (shape === 'rows') return mergeTables(before, after, depth);
  const content =
    shape === 'inline' || shape === 'code'
      ? mergeTexts(before.content ?? [], after.content ?? [])
      : steps(before.content ?? [], after.content ?? []).map((step): Node => {
          switch (step.kind) {
            case 'changed':
              return merge(step.before, step.after, depth + 1);
            case 'same':
              return step.node;
            default:
              return marked(step.node, step.kind === 'added' ? 'ins' : 'del', depth + 1);
          }
        });
  return { ...after, content };
}

function mergeTables(before: Node, after: Node, depth: number): Node {
  const [old, fresh] = [before.content ?? [], after.content ?? []];
  const columns = columnPlaces(old, fresh);
  const rows = steps(old, fresh).map((step) => {
    if (step.kind === 'same') return step.node;
    const [first, second] = step.kind === 'changed' ? [step.before, step.after] : sidesOf(step.kind, step.node);
    return mergeRows(first, second, columns, depth + 1);
  });
  return { ...after, content: rows };
}

/** The row before and after; null: there is none. */
function sidesOf(kind: 'added' | 'removed', row: Node): [Node | null, Node | null] {
  return [kind === 'added' ? null : row, kind === 'removed' ? null : row];
}

function mergeRows(before: Node | null, after: Node | null, columns: readonly CellPosition[], depth: number): Node {
  const content = columns.map((place): Node => {
    const old = place.before === null || before === null ? undefined : cellsOf(before)[place.before];
    const fresh = place.after === null || after === null ? undefined : cellsOf(after)[place.after];
    if (old !== undefined && fresh !== undefined) return merge(old, fresh, depth + 1);
    if (fresh !== undefined) return marked(fresh, 'ins', depth + 1);
    return old === undefined ? EMPTY_CELL : marked(old, 'del', depth + 1);
  });
  return { type: 'tableRow', content };
}

const EMPTY_CELL: Node = { type: 'tableCell', content: [{ type: 'paragraph' }] };

/** The node with all of its texts marked. */
function marked(node: Node, type: 'ins' | 'del', depth: number): Node {
  if (node.type === 'text' || node.type === 'hardBreak') return { ...node, marks: [{ type }, ...(node.marks ?? [])] };
  if (node.content === undefined || depth > MAX_DEPTH) return node;
  return { ...node, content: node.content.map((child) => marked(child, type, depth + 1)) };
}

function mergeTexts(before: readonly Node[], after: readonly Node[]): Node[] {
  const [old, fresh] = [before.flatMap(tokens), after.flatMap(tokens)];
  const pairs = withoutLoneSpaces(alignWords(old.map(tokenKey), fresh.map(tokenKey)), old, fresh.length);
  const gaps = new Map(gapsFromEnd(pairs, old.length, fresh.length).map((gap) => [gap.before[0], gap]));
  const result: Node[] = [];
  const addGap = (start: number) => {
    const gap = gaps.get(start);
    if (gap === undefined) return;
    for (const node of old.slice(...gap.before)) result.push(marked(node, 'del', 0));
    for (const node of fresh.slice(...gap.after)) result.push(marked(node, 'ins', 0));
  };
  addGap(0);
  for (const [first, second] of pairs) {
    result.push(fresh[second]!);
    addGap(first + 1);
  }
  return result;
}

/** A space that stayed between two changes says nothing to readers: both are one change. */
function withoutLoneSpaces(pairs: readonly Pair[], old: readonly Node[], freshLength: number): Pair[] {
  const isNext = (a: Pair, b: Pair) => b[0] === a[0] + 1 && b[1] === a[1] + 1;
  return pairs.filter((pair, index) => {
    if (old[pair[0]]!.text?.trim() !== '') return true;
    const before = pairs[index - 1] ?? ([-1, -1] as const);
    const after = pairs[index + 1] ?? ([old.length, freshLength] as const);
    return isNext(before, pair) || isNext(pair, after);
  });
}

/** A text as one node a word. */
function tokens(node: Node): Node[] {
  if (node.text === undefined) return [node];
  const rest: { marks?: Mark[] } = node.marks === undefined ? {} : { marks: node.marks };
  return words(node.text).map((text) => ({ type: 'text', ...rest, text }));
}

/** About as long as the text is: what is kept depends on lengths. */
const tokenKey = ({ type, text, marks }: Node): string =>
  `${text ?? `\u0000${type}`}${marks === undefined ? '' : `\u0000${JSON.stringify(marks)}`}`;
