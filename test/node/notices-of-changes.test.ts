/** What a node says to all nodes of changes of documents: whether lists of public ones may show a difference. */
import test from 'ava';
import { PUBLICATIONS, type PublicationNotice } from '../../src/ports/public-reads.ts';
import { until } from '../support/helpers.ts';
import { createWorld } from '../support/node.ts';

test.beforeEach((t) => t.timeout(60_000));

test('I6 I10 what authors do with a private draft, and titles that they type, change no list; all else does', async (t) => {
  const world = await createWorld(t);
  const heard: PublicationNotice[] = [];
  const node = await world.node(
    {},
    {
      cluster(own) {
        own.subscribe(PUBLICATIONS, (notice) => heard.push(notice as PublicationNotice));
        return own;
      },
    },
  );
  const ann = await world.author();
  const documentId = await world.document(ann);
  const path = `/v1/documents/${documentId}`;
  /** Kinds of the notices that it sends, with `lists` if they may change. */
  async function notices(count: number, method: string, to: string, body?: object): Promise<string[]> {
    heard.length = 0;
    const response = await node.call(method, to, ann, body);
    t.true(response.ok, `${method} ${to}: ${response.status}`);
    await until(() => heard.length >= count);
    return heard.map(({ kind, changesLists }) => (changesLists === false ? kind : `${kind} lists`));
  }
  t.deepEqual(await notices(1, 'PATCH', path, { title: 'A title', summary: 'About' }), ['changed']);
  t.deepEqual(await notices(1, 'PUT', `${path}/draft`, { title: 'Typed' }), ['changed'], 'of the projection');
  t.deepEqual(await notices(1, 'POST', `${path}/publish`), ['published']);
  t.deepEqual(await notices(1, 'POST', `${path}/unpublish`), ['unpublished']);
  t.deepEqual(await notices(1, 'POST', `${path}/publish`), ['published']);
  t.deepEqual(await notices(1, 'PATCH', path, { visibility: 'public' }), ['changed lists']);
  t.deepEqual(await notices(1, 'PUT', `${path}/draft`, { title: 'Typed again' }), ['changed']);
  t.deepEqual(await notices(1, 'POST', `${path}/publish`), ['published lists']);
  t.deepEqual(await notices(1, 'PATCH', path, { slug: 'another-slug' }), ['changed lists']);
  t.deepEqual(await notices(1, 'POST', `${path}/unpublish`), ['unpublished lists']);
  t.deepEqual(await notices(1, 'POST', `${path}/publish`), ['published lists']);
  t.deepEqual(await notices(1, 'DELETE', path), ['deleted lists']);
  t.deepEqual(await notices(1, 'POST', `${path}/restore`), ['restored lists']);
  t.deepEqual(await notices(1, 'PATCH', path, { visibility: 'private' }), ['changed lists']);
});
