/** When the headings of a draft were logged: by the items of Yjs that hold them. */
import test from 'ava';
import * as Y from 'yjs';
import { BODY } from '../../../src/content/model/names.ts';
import type { Block } from '../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { sectionStarts, type UpdateLog } from '../../../src/content/yjs/section-starts.ts';

const text = (words: string) => [{ type: 'text', text: words }];
const paragraph = (words: string): Block => ({ type: 'paragraph', content: text(words) });
const heading = (words: string): Block => ({ type: 'heading', attrs: { level: 2 }, content: text(words) });

/** A draft that is written at given times, with its journal. */
function journal() {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  const at: number[] = [];
  let now = 0;
  doc.on('update', (update: Uint8Array) => {
    updates.push(update);
    at.push(now);
  });
  const logAfter = (first: number): UpdateLog => {
    const rest = updates.slice(first);
    const ends: number[] = [];
    for (const update of rest) ends.push((ends.at(-1) ?? 0) + update.byteLength);
    return { bytes: Buffer.concat(rest), ends, at: at.slice(first) };
  };
  return {
    doc,
    write(time: number, ...content: Block[]): void {
      now = time;
      writeContent(doc, { body: { type: 'doc', content } });
    },
    change(time: number, run: (fragment: Y.XmlFragment) => void): void {
      now = time;
      doc.transact(() => run(doc.getXmlFragment(BODY)));
    },
    logged: () => updates.length,
    /** As a thread reads it: from a copy. */
    starts(from = 0) {
      const copy = new Y.Doc();
      for (const update of updates) Y.applyUpdate(copy, update);
      return sectionStarts(copy, readContent(copy).body, logAfter(from));
    },
  };
}
const times = (starts: ReturnType<typeof sectionStarts>) => starts?.map(({ at }) => at);

test('ONAIR7 a section was begun when its heading was logged, wherever it stands and whatever is written below it', (t) => {
  const draft = journal();
  draft.write(10, paragraph('first'), heading('One'));
  draft.write(20, paragraph('first'), heading('One'), paragraph('a'), heading('Two'));
  const ids = draft.starts()?.map(({ id }) => id);
  draft.write(30, paragraph('first'), heading('Newest'), heading('One'), paragraph('a, b'), heading('Two'));
  draft.change(40, (fragment) => ((fragment.get(2) as Y.XmlElement).get(0) as Y.XmlText).insert(3, ' and more'));
  const starts = draft.starts();
  t.deepEqual(times(starts), [30, 10, 20]);
  t.deepEqual(
    starts?.slice(1).map(({ id }) => id),
    ids,
    'a heading keeps its item while it stands',
  );
});

test('ONAIR7 what was written before the log has no time, and neither has what is deleted', (t) => {
  const draft = journal();
  draft.write(10, heading('One'), heading('Two'));
  const before = draft.logged();
  draft.write(20, heading('One'), heading('Two'), heading('Three'));
  t.deepEqual(times(draft.starts(before)), [null, null, 20]);
  draft.write(30, heading('Two'), heading('Three'));
  t.deepEqual(times(draft.starts(before)), [null, 20]);
  t.deepEqual(times(draft.starts(draft.logged())), [null, null], 'an empty log');
});

test('ONAIR7 a heading that is cut and pasted is a new one', (t) => {
  const draft = journal();
  draft.write(10, heading('One'), paragraph('a'));
  draft.change(20, (fragment) => {
    const copy = (fragment.get(0) as Y.XmlElement).clone();
    fragment.delete(0, 1);
    fragment.insert(1, [copy]);
  });
  t.deepEqual(times(draft.starts()), [20]);
});

test('headings of two authors at the same time are told apart', (t) => {
  const draft = journal();
  draft.write(10, paragraph('a'));
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(draft.doc));
  writeContent(other, { append: [heading('Theirs')] });
  draft.change(20, (fragment) => {
    const made = new Y.XmlElement('heading');
    made.setAttribute('level', 2 as unknown as string);
    made.insert(0, [new Y.XmlText('Ours')]);
    fragment.insert(0, [made]);
  });
  draft.change(30, () => Y.applyUpdate(draft.doc, Y.encodeStateAsUpdate(other)));
  t.deepEqual(times(draft.starts()), [20, 30]);
});

test('I10 elements that make no heading of the text make the answer unknown, and no other', (t) => {
  const draft = journal();
  draft.write(10, heading('One'));
  draft.change(20, (fragment) => fragment.insert(0, [new Y.XmlElement('heading')]));
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(draft.doc));
  const { body } = readContent(copy);
  const log = { bytes: new Uint8Array(0), ends: [], at: [] };
  t.is(sectionStarts(copy, body, log)?.length, 1, 'an empty heading begins nothing');
  t.is(sectionStarts(copy, { type: 'doc', content: [] }, log), undefined);
});
