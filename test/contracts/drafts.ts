// What every implementation of the port of drafts does, wherever the draft's owner is: what it answers is committed.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import * as Y from 'yjs';
import { renderText } from '../../src/content/model/text.ts';
import type { Block, Body } from '../../src/content/model/types.ts';
import { readContent } from '../../src/content/yjs/draft.ts';
import type { Drafts, DraftWriteRequest } from '../../src/ports/drafts.ts';
import type { Author } from '../../src/ports/journal.ts';
import { codeOf } from '../support/outcome.ts';
import { rulesOf } from './rules.ts';

export interface DraftsWorld {
  readonly drafts: Drafts;
  /** The id of a new document with an empty draft. */
  document(): Promise<string>;
}

const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const bodyOf = (...texts: string[]): Body => ({ type: 'doc', content: texts.map(paragraph) });
const someone = (): Author => ({ userId: randomUUID(), sessionId: randomUUID() });

/** An editor's document, and the update that a change of it makes. */
function editor() {
  const doc = new Y.Doc();
  return (text: string): Uint8Array => {
    const before = Y.encodeStateVector(doc);
    const element = new Y.XmlElement('paragraph');
    element.insert(0, [new Y.XmlText(text)]);
    doc.getXmlFragment('body').push([element]);
    return Y.encodeStateAsUpdate(doc, before);
  };
}

export function draftsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<DraftsWorld>,
): void {
  const rule = rulesOf(test, `drafts, ${name}`, worldOf);

  async function scene({ drafts, document }: DraftsWorld) {
    const id = await document();
    const author = someone();
    const stateOf = async () => {
      const read = await drafts.read(id, 'state');
      if (!read.ok) throw new Error(read.error.code);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, read.state);
      return { seq: read.seq, epoch: read.epoch, lines: linesOf(doc) };
    };
    return {
      id,
      author,
      stateOf,
      edit: (update: Uint8Array) => drafts.edit(id, { author, update }),
      write: (request: Omit<DraftWriteRequest, 'author'>, by = author) => drafts.write(id, { author: by, ...request }),
      async at(seq: number): Promise<string[] | undefined> {
        const updates = await drafts.stateAt(id, seq);
        if (!updates) return undefined;
        const doc = new Y.Doc();
        for (const update of updates) Y.applyUpdate(doc, update);
        return linesOf(doc);
      },
    };
  }
  const linesOf = (doc: Y.Doc): string[] =>
    renderText(readContent(doc).body)
      .split('\n')
      .filter((line) => line !== '');

  rule('I1 edits are answered with the positions of their commits, and are then in the draft', async (t, world) => {
    const { edit, stateOf } = await scene(world);
    const type = editor();
    t.like(await stateOf(), { seq: 0, lines: [] });
    for (const seq of [1, 2, 3]) t.like(await edit(type(`edit ${seq}`)), { ok: true, seq });
    const { seq, lines, epoch } = await stateOf();
    t.deepEqual([seq, lines], [3, ['edit 1', 'edit 2', 'edit 3']]);
    t.true(epoch > 0);
  });

  rule('an edit that changes nothing is answered with the present position', async (t, world) => {
    const { edit, stateOf } = await scene(world);
    const update = editor()('once');
    t.like(await edit(update), { ok: true, seq: 1 });
    t.like(await edit(update), { ok: true, seq: 1 });
    t.like(await stateOf(), { seq: 1, lines: ['once'] });
  });

  rule('I4 I10 malformed and forged edits are refused, and leave the draft as it is', async (t, world) => {
    const { id, edit, stateOf } = await scene(world);
    const update = editor()('mine');
    t.is(codeOf(await edit(update)), 'ok');
    t.is(codeOf(await edit(Uint8Array.of(1, 2, 3))), 'update_malformed');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    const [clientId = 0] = doc.store.clients.keys();
    const forger = new Y.Doc();
    Y.applyUpdate(forger, update);
    forger.clientID = clientId;
    const before = Y.encodeStateVector(forger);
    forger.getText('other').insert(0, 'not yours');
    const forged = { author: someone(), update: Y.encodeStateAsUpdate(forger, before) };
    t.is(codeOf(await world.drafts.edit(id, forged)), 'client_forged');
    t.like(await stateOf(), { seq: 1, lines: ['mine'] });
  });

  rule('I1 a write replaces or extends the text, and one that changes nothing takes no position', async (t, world) => {
    const { write, stateOf } = await scene(world);
    t.like(await write({ change: { body: bodyOf('one', 'two') } }), { ok: true, seq: 1 });
    t.like(await write({ change: { append: [paragraph('three')] } }), { ok: true, seq: 2 });
    t.like(await write({ change: { body: bodyOf('one', 'two', 'three') } }), { ok: true, seq: 2 });
    t.like(await stateOf(), { seq: 2, lines: ['one', 'two', 'three'] });
  });

  rule('a write meant for one position is refused at any other', async (t, world) => {
    const { write, stateOf } = await scene(world);
    t.is(codeOf(await write({ change: { body: bodyOf('one') }, ifSeq: 0 })), 'ok');
    for (const ifSeq of [0, 2]) {
      t.is(codeOf(await write({ change: { body: bodyOf('late') }, ifSeq })), 'precondition_failed');
    }
    t.like(await stateOf(), { seq: 1, lines: ['one'] });
  });

  rule('a write from an older position keeps what came later', async (t, world) => {
    const { write, stateOf } = await scene(world);
    await write({ change: { body: bodyOf('one', 'two') } });
    await write({ change: { append: [paragraph('three')] } }, someone());
    t.is(codeOf(await write({ change: { body: bodyOf('ONE', 'two') }, base: 1 })), 'ok');
    t.deepEqual((await stateOf()).lines, ['ONE', 'two', 'three']);
  });

  rule('I1 a write that is repeated under its id is made once', async (t, world) => {
    const { write, stateOf } = await scene(world);
    const change = { append: [paragraph('once')] };
    const [first, second] = [await write({ change, writeId: 7 }), await write({ change, writeId: 7 })];
    t.deepEqual(second, first);
    await Promise.all(Array.from({ length: 5 }, () => write({ change, writeId: 8 })));
    t.deepEqual((await stateOf()).lines, ['once', 'once'], 'one for each id');
    t.is(codeOf(await write({ change, writeId: 9 })), 'ok');
    t.deepEqual((await stateOf()).lines, ['once', 'once', 'once']);
  });

  rule('edits and writes at once are all in the draft, each at a position of its own', async (t, world) => {
    const { edit, write, stateOf } = await scene(world);
    const edits = Array.from({ length: 10 }, (_, n) => editor()(`edit ${n}`));
    const outcomes = await Promise.all([
      ...edits.map((update) => edit(update)),
      ...Array.from({ length: 5 }, (_, n) => write({ change: { append: [paragraph(`write ${n}`)] } }, someone())),
    ]);
    t.true(outcomes.every(({ ok }) => ok));
    const { lines, seq } = await stateOf();
    t.is(new Set(lines).size, 15);
    t.is(seq, 15);
  });

  rule('READ8 the draft at any position that it has reached can be read, and at no other', async (t, world) => {
    const { write, at } = await scene(world);
    for (const text of ['one', 'two', 'three']) await write({ change: { body: bodyOf(text) } });
    t.deepEqual([await at(0), await at(1), await at(2), await at(3)], [[], ['one'], ['two'], ['three']]);
    t.is(await at(4), undefined);
  });

  rule('a document that does not exist is not found', async (t, { drafts }) => {
    const [id, author] = [randomUUID(), someone()];
    t.is(codeOf(await drafts.edit(id, { author, update: editor()('x') })), 'not_found');
    t.is(codeOf(await drafts.write(id, { author, change: { body: bodyOf('x') } })), 'not_found');
    t.is(codeOf(await drafts.read(id, 'state')), 'not_found');
    t.is(await drafts.stateAt(id, 1), undefined);
  });
}
