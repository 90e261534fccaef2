/**
 * When the sections of a draft were begun: which Yjs item holds the heading of each, and which logged update brought that item.
 * A heading that was cut and pasted, or made from a paragraph, is a new item.
 */
import * as Y from 'yjs';
import { BODY } from '../model/names.ts';
import { headingsOf, sectionsOf } from '../model/sections.ts';
import type { Body } from '../model/types.ts';

/** Updates of a journal, one behind the other: `ends[n]` is where the n-th ends, `at[n]` when it was logged. */
export interface UpdateLog {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
  readonly at: readonly number[];
}

export interface SectionStart {
  /** Of the heading's item: the same for as long as it stands. */
  readonly id: string;
  /** As the log has it; null: none of its updates brought the item. */
  readonly at: number | null;
}

const idOf = (client: number, clock: number): string => `${client}:${clock}`;

/**
 * @param doc a copy of the draft, which nobody else reads
 * @param body its body as it was read
 * @returns for each section of the body, in order; undefined: the items are not those that the body was made of
 */
export function sectionStarts(doc: Y.Doc, body: Body, log: UpdateLog): SectionStart[] | undefined {
  const places = headingsOf(body);
  const items = headingItems(doc.getXmlFragment(BODY));
  if (items.length !== places.length) return undefined;
  const starts = sectionsOf(body).map(({ at }) => items[places.indexOf(at)]!);
  const times = timesOf(starts, log);
  return starts.map(({ client, clock }) => {
    const id = idOf(client, clock);
    return { id, at: times.get(id) ?? null };
  });
}

function headingItems(fragment: Y.XmlFragment): Y.ID[] {
  const ids: Y.ID[] = [];
  for (let item = fragment._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentType)) continue;
    const { type } = item.content;
    if (type instanceof Y.XmlElement && type.nodeName === 'heading') ids.push(item.id);
  }
  return ids;
}

/** The first update that has it: what is logged is what was new. */
function timesOf(wanted: readonly Y.ID[], { bytes, ends, at }: UpdateLog): Map<string, number> {
  const clocksOf = new Map<number, number[]>();
  for (const { client, clock } of wanted) clocksOf.set(client, [...(clocksOf.get(client) ?? []), clock]);
  const times = new Map<string, number>();
  for (const [index, end] of ends.entries()) {
    const { from, to } = Y.parseUpdateMeta(bytes.subarray(ends[index - 1] ?? 0, end));
    for (const [client, first] of from) {
      for (const clock of clocksOf.get(client) ?? []) {
        const id = idOf(client, clock);
        if (clock >= first && clock < (to.get(client) ?? 0) && !times.has(id)) times.set(id, at[index]!);
      }
    }
  }
  return times;
}
