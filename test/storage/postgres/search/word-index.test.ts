/** The index of search after an upgrade: what was there before, and what nodes of the version before write. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { DraftTextStore } from '../../../../src/ports/draft-texts.ts';
import { createDraftTextStore } from '../../../../src/storage/postgres/publishing/texts.ts';
import type { Person } from '../../../support/people.ts';
import { type Searching, searchingOf } from '../../../support/searching.ts';

/** Documents as a node of the version before makes and edits them. */
const earlierNode = ({ sql }: Searching) => ({
  async create(owner: Person, title: string, text?: string): Promise<string> {
    const id = randomUUID();
    await sql('insert into documents (id, title, owner_id) values ($1, $2, $3)', [id, title, owner.userId]);
    await sql(`insert into grants (document_id, user_id, level) values ($1, $2, 'own')`, [id, owner.userId]);
    await sql('insert into draft_heads (document_id) values ($1)', [id]);
    if (text === undefined) return id;
    const values = [id, title, text];
    await sql(`insert into draft_texts (document_id, seq, title, summary, text) values ($1, 1, $2, '', $3)`, values);
    return id;
  },
  async edit(id: string, text: string, title?: string): Promise<void> {
    await sql('update draft_texts set seq = seq + 1, text = $2, title = coalesce($3, title) where document_id = $1', [
      id,
      text,
      title ?? null,
    ]);
    if (title !== undefined) await sql('update documents set title = $2 where id = $1', [id, title]);
  },
});

/** Indexes all that is behind; how many times it went on. */
async function indexAll(texts: DraftTextStore): Promise<number> {
  let rounds = 0;
  for (let after: string | undefined, isMore = true; isMore; rounds += 1) {
    const { last, failed } = await texts.index(after);
    if (failed.length > 0) throw failed[0]?.error;
    after = last;
    isMore = last !== undefined;
  }
  return rounds;
}

test('SEARCH11 I13 documents of the version before are found by whole words until they are indexed, then as all others', async (t) => {
  const world = await searchingOf(t);
  const { person, sql, texts, titles, written } = world;
  const earlier = earlierNode(world);
  const ann = await person();
  await earlier.create(ann, 'Never edited harbour');
  await earlier.create(ann, 'Edited', 'the harbour of Brest');
  await written(ann, 'New harbour');
  t.deepEqual((await titles(ann, 'harbour')).toSorted(), ['Edited', 'Never edited harbour', 'New harbour']);
  t.deepEqual(await titles(ann, 'harb'), ['New harbour']);
  t.deepEqual(await titles(ann, 'brest'), ['Edited']);
  t.is(await indexAll(texts), 2);
  t.deepEqual(await sql('select * from draft_words_backfill'), []);
  t.deepEqual((await titles(ann, 'harb')).toSorted(), ['Edited', 'Never edited harbour', 'New harbour']);
  t.deepEqual(await titles(ann, 'brset'), ['Edited']);
  t.is(await indexAll(texts), 1, 'nothing is behind');
});

test('SEARCH11 I13 what a node of the version before writes meanwhile is indexed, and what earlier rules indexed', async (t) => {
  const world = await searchingOf(t);
  const { person, sql, texts, titles, written } = world;
  const earlier = earlierNode(world);
  const ann = await person();
  const id = await written(ann, 'Before', 'lamps');
  await indexAll(texts);
  await earlier.edit(id, 'lighthouses', 'After');
  const made = await earlier.create(ann, 'Made there', 'lighthouses');
  t.deepEqual(await titles(ann, 'lighth'), []);
  await indexAll(texts);
  t.deepEqual((await titles(ann, 'lighth')).toSorted(), ['After', 'Made there']);
  t.deepEqual(await titles(ann, 'lamps'), []);
  t.deepEqual(await titles(ann, 'aft'), ['After']);
  await sql(`update draft_words set rules = 0, words = '', title = '' where document_id = $1`, [made]);
  t.deepEqual(await titles(ann, 'made'), []);
  await indexAll(texts);
  t.deepEqual(await titles(ann, 'made'), ['Made there']);
});

test('SEARCH11 two nodes that index at once index all, and one that cannot be indexed keeps no other from it', async (t) => {
  const world = await searchingOf(t);
  const { open, person, sql, texts, titles } = world;
  const earlier = earlierNode(world);
  const ann = await person();
  for (let n = 0; n < 150; n += 1) await earlier.create(ann, `Lamp ${n}`, n === 70 ? 'poison' : 'oil');
  await sql(`alter table draft_words add constraint no_poison check (not words @@ '''poison'''::tsquery)`);
  const other = createDraftTextStore(await open());
  const run = async (store: DraftTextStore) => {
    const failed: string[] = [];
    for (let after: string | undefined, isMore = true; isMore; ) {
      const indexed = await store.index(after);
      failed.push(...indexed.failed.map(({ documentId }) => documentId));
      after = indexed.last;
      isMore = after !== undefined;
    }
    return failed;
  };
  await Promise.all([run(texts), run(other)]);
  t.is((await run(texts)).length, 1);
  t.is((await sql('select from draft_words')).length, 149);
  t.is((await sql('select from draft_words_backfill')).length, 1, 'one is missing: it is searched the earlier way');
  t.deepEqual(await titles(ann, 'poison'), ['Lamp 70']);
  t.deepEqual(await titles(ann, 'lamp -oil'), ['Lamp 70']);
  await sql('alter table draft_words drop constraint no_poison');
  t.deepEqual(await run(other), []);
  t.is((await sql('select from draft_words_backfill')).length, 0);
  t.deepEqual(await titles(ann, 'pois'), ['Lamp 70']);
});

test('SEARCH3 the index never goes back, and has a new title at once', async (t) => {
  const { documents, person, texts, titles, written } = await searchingOf(t);
  const ann = await person();
  const id = await written(ann, 'Lamp', 'oil', 'light');
  const at = (seq: number, text: string) => ({ documentId: id, seq, title: 'Lamp', summary: '', text });
  await texts.project([at(20, 'newer')]);
  await texts.project([at(10, 'older')]);
  t.deepEqual([await titles(ann, 'newer'), await titles(ann, 'older'), await titles(ann, 'light')], [['Lamp'], [], []]);
  await documents.change(ann.actor, id, { title: 'Lantern', summary: 'Glass' });
  t.deepEqual(await titles(ann, 'lantern glass newer'), ['Lantern']);
  t.deepEqual(await titles(ann, 'lamp'), []);
});
