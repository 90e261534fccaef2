/** What search and lists know of drafts: words of title, summary and text, up to date in a moment, never going back. */
import test, { type ExecutionContext } from 'ava';
import { failure } from '../../schemas/errors.ts';
import type { Body, DraftContent } from '../../src/content/model/types.ts';
import { createProjector } from '../../src/publishing/projector.ts';
import { createDraftTextStore } from '../../src/storage/postgres/publishing/texts.ts';
import { isUnavailable } from '../../src/storage/postgres/unavailable.ts';
import { type Accounts, accountsOf } from '../support/accounts.ts';
import type { Person } from '../support/people.ts';
import { silentLog } from '../support/silent-log.ts';

const HOUR = 3_600_000;
const bodyOf = (text: string): Body => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

/** Drafts as the router reads them, a projector that does nothing by itself, and the changes that it reported. */
function projectorOf(t: ExecutionContext, { orm }: Accounts) {
  const drafts = new Map<string, { seq: number; content: DraftContent } | 'moving' | 'gone'>();
  const changed: string[] = [];
  let reading = 0;
  let most = 0;
  const projector = createProjector({
    drafts: {
      async read(documentId) {
        reading += 1;
        most = Math.max(most, reading);
        await new Promise(setImmediate);
        reading -= 1;
        const draft = drafts.get(documentId);
        if (draft === 'moving') return failure('unavailable');
        return draft === undefined || draft === 'gone' ? failure('not_found') : { ok: true, epoch: 1, ...draft };
      },
    },
    texts: createDraftTextStore(orm),
    isUnavailable,
    textOf: ({ content }) => content[0]?.content?.[0]?.text ?? '',
    onChanged: (documentId) => changed.push(documentId),
    log: silentLog,
    everyMs: HOUR,
    sweepMs: HOUR,
  });
  t.teardown(() => projector.close());
  const set = (id: string, seq: number, text: string, title: string | null = null, summary = '') => {
    drafts.set(id, { seq, content: { title, summary, body: bodyOf(text) } });
    projector.committed(id);
  };
  return { changed, drafts, projector, set, most: () => most };
}

const finder =
  ({ documents }: Accounts, { userId }: Person) =>
  async (q: string) =>
    (await documents.list(userId, { limit: 50, after: undefined, q })).documents.map(({ title }) => title).toSorted();

test('SEARCH1 words are found in title, summary and text, also when they are spread over them', async (t) => {
  const accounts = await accountsOf(t);
  const { document, documents, person } = accounts;
  const owner = await person();
  const find = finder(accounts, owner);
  const { projector, set } = projectorOf(t, accounts);
  const cranes = await document(owner, 'Cranes in April');
  const bread = await document(owner, 'Bread');
  t.deepEqual(await find('cranes'), ['Cranes in April'], 'at once, without any draft');
  set(cranes, 1, 'They rest in the marshes near Linum.', 'Cranes in April', 'Where to see them');
  set(bread, 1, 'Sourdough and cranes of salt');
  await projector.flush();
  t.deepEqual(await find('linum'), ['Cranes in April']);
  t.deepEqual(await find('CRANES'), ['Bread', 'Cranes in April']);
  t.deepEqual(await find('cranes where marshes'), ['Cranes in April'], 'title, summary and text');
  t.deepEqual(await find('cranes -april'), ['Bread'], 'not the one that has it elsewhere');
  t.deepEqual(await find('"rest in the marshes"'), ['Cranes in April']);
  t.deepEqual(await find('"marshes the in rest"'), []);
  for (const odd of ['"', '-', '&|!:*()', "'; drop table documents; --", '\0', '\ud800', '   ']) {
    await t.notThrowsAsync(find(odd), JSON.stringify(odd));
  }
  await documents.change(owner.actor, bread, { title: 'Loaves' });
  t.deepEqual(await find('loaves'), ['Loaves']);
});

test('I6 SEARCH2 nobody finds what is not open to them, deleted things are not found', async (t) => {
  const accounts = await accountsOf(t);
  const { document, documents, grant, person } = accounts;
  const [owner, friend, stranger] = [await person(), await person(), await person()];
  const { projector, set } = projectorOf(t, accounts);
  const id = await document(owner, 'Plain');
  set(id, 1, 'the secret word is xyzzy');
  await projector.flush();
  await grant(owner, id, friend, 'view');
  t.deepEqual(await finder(accounts, friend)('xyzzy'), ['Plain']);
  t.deepEqual(await finder(accounts, stranger)('xyzzy'), []);
  await documents.remove(owner.actor, id);
  t.deepEqual(await finder(accounts, owner)('xyzzy'), []);
});

test('SEARCH3 a projection never goes back, and keeps title and summary equal to the draft’s', async (t) => {
  const accounts = await accountsOf(t);
  const { document, documents, person, sql } = accounts;
  const owner = await person();
  const { changed, projector, set } = projectorOf(t, accounts);
  const id = await document(owner, 'Made with this');
  const seen = async () => {
    const document = await documents.get(owner.userId, id);
    const [text] = await sql<{ seq: number; text: string }>(
      'select seq::int as seq, text from draft_texts where document_id = $1',
      [id],
    );
    return [document?.title, document?.summary, text?.seq, text?.text];
  };
  set(id, 1, 'one');
  await projector.flush();
  t.deepEqual(await seen(), ['Made with this', '', 1, 'one'], 'without a title of its own');
  set(id, 5, 'five', 'Typed', 'About');
  await projector.flush();
  t.deepEqual(await seen(), ['Typed', 'About', 5, 'five']);
  set(id, 3, 'three', 'Older');
  await projector.flush();
  t.deepEqual(await seen(), ['Typed', 'About', 5, 'five']);
  set(id, 6, 'six', 'Typed', '');
  await projector.flush();
  t.deepEqual(await seen(), ['Typed', '', 6, 'six']);
  t.deepEqual(changed, [id, id], 'reported when title or summary changed');
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) =>
      createDraftTextStore(accounts.orm).project([
        { documentId: id, seq: 10 + ((n * 7) % 20), title: `T${10 + ((n * 7) % 20)}`, summary: '', text: 'x' },
      ]),
    ),
  ]);
  t.deepEqual((await seen()).slice(0, 3), ['T29', '', 29]);
});

test('SEARCH4 what cannot be read now is read later, what is gone is dropped, and the rest does not wait', async (t) => {
  const accounts = await accountsOf(t);
  const { document, person, sql } = accounts;
  const owner = await person();
  const find = finder(accounts, owner);
  const { drafts, most, projector, set } = projectorOf(t, accounts);
  const ids = await Promise.all(Array.from({ length: 60 }, (_, n) => document(owner, `Doc ${n}`)));
  for (const [n, id] of ids.entries()) set(id, 1, `word${n}`);
  const [moving, gone] = ids as [string, string];
  drafts.set(moving, 'moving');
  drafts.set(gone, 'gone');
  await projector.flush();
  t.deepEqual(await find('word49'), ['Doc 49']);
  t.deepEqual(await find('word50'), [], 'fifty a round (I9)');
  t.true(most() <= 4, 'few at a time');
  set(moving, 1, 'word0');
  await projector.flush();
  t.deepEqual(await find('word59'), ['Doc 59']);
  t.deepEqual(await find('word0'), ['Doc 0']);
  await sql('delete from documents where id = $1', [ids[5]]);
  set(ids[5] as string, 2, 'deleted meanwhile');
  set(ids[6] as string, 2, 'later');
  await projector.flush();
  t.deepEqual(await find('later'), ['Doc 6']);
});

test('SEARCH5 what a dead node did not project is found and projected', async (t) => {
  const accounts = await accountsOf(t);
  const { commit, document, person, sql } = accounts;
  const owner = await person();
  const { drafts, projector } = projectorOf(t, accounts);
  const [left, busy] = [await document(owner, 'Left'), await document(owner, 'Busy')];
  for (const id of [left, busy]) {
    await commit(id, owner);
    drafts.set(id, { seq: 1, content: { title: null, summary: '', body: bodyOf('forgotten') } });
  }
  await sql(`update draft_heads set edited_at = now() - interval '1 minute' where document_id = $1`, [left]);
  await projector.sweep();
  await projector.flush();
  t.deepEqual(await finder(accounts, owner)('forgotten'), ['Left']);
});

test('I10 the largest and oddest texts are stored and searched, and one that cannot be harms no other', async (t) => {
  const accounts = await accountsOf(t);
  const { document, person, sql } = accounts;
  const owner = await person();
  const find = finder(accounts, owner);
  const { projector, set } = projectorOf(t, accounts);
  const words = (length: number, word: (n: number) => string) => Array.from({ length }, (_, n) => word(n)).join(' ');
  const texts = [
    'x'.repeat(2_000_000),
    words(200_000, (n) => n.toString(36)),
    words(60_000, (n) => `${n.toString(36)}-${n}`),
    words(40_000, (n) => `𐌰${String.fromCodePoint(0x10330 + (n % 27), 0x10330 + (n % 26), 0x10330 + (n % 25))}${n}`),
    words(30_000, (n) => `example${n}.org/a${n}`),
    `${'字'.repeat(99_999)}\ud83d\ude00`,
  ];
  const ids = await Promise.all(texts.map((_, n) => document(owner, `Odd ${n}`)));
  for (const [n, id] of ids.entries()) set(id, 1, `needle ${texts[n]}`);
  await projector.flush();
  t.is((await find('needle')).length, texts.length);

  await sql(`alter table draft_texts add constraint no_poison check (text not like 'poison%')`);
  set(ids[0] as string, 2, 'poison');
  set(ids[1] as string, 2, 'thread');
  await projector.flush();
  t.deepEqual(await find('thread'), ['Odd 1']);
});
