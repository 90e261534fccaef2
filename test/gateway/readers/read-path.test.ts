// Readers cost the database nothing but reads: every row that is written is noted by a trigger, on every table.
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import WebSocket from 'ws';
import { readEvents } from '../../../src/clients/http/events.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS, type World } from '../../support/node.ts';
import { Article, connectViewer } from '../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

/** What is counted of readers, in batches for all of them. */
const COUNTS = ['counted_batches', 'document_readers', 'document_views'];

/** Begins to note which tables are written to; returns what was noted. */
async function noteWrites({ orm }: World): Promise<() => Promise<string[]>> {
  await orm.query('create table noted (name text not null)', []);
  await orm.query(
    `create function note_write() returns trigger language plpgsql security definer as
     $$ begin insert into public.noted values (tg_table_name); return null; end $$`,
    [],
  );
  const tables = await orm.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'noted'`,
    [],
  );
  for (const { name } of tables) {
    await orm.query(
      `create trigger noted after insert or update or delete on "${name}" for each row execute function note_write()`,
      [],
    );
  }
  return async () =>
    (await orm.query<{ name: string }>('select distinct name from noted order by 1', [])).map(({ name }) => name);
}

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER}: reading published documents writes nothing but counts`, async (t) => {
    const world = await createWorld(t);
    const first = await world.node({ LISTENER });
    const article = await Article.make(first, await world.author());
    for (const text of ['one', 'two', 'three']) await article.publish(text);
    await first.close();
    const { url } = await world.node({ LISTENER });
    const written = await noteWrites(world);

    const { slug } = article;
    const paths = [
      `/d/${slug}`,
      `/v1/public/${slug}`,
      '/feed.xml',
      `/oembed?url=${encodeURIComponent(`${url}/d/${slug}`)}`,
    ];
    for (const path of [...paths, ...paths, `/v1/public/${slug}/events?after=1`]) {
      const answer = await fetch(`${url}${path}`);
      t.is(answer.status, 200, path);
      await answer.text();
    }
    t.is((await fetch(`${url}/d/no-such-name`)).status, 404);
    const viewer = await connectViewer(t, url);
    t.like(await viewer.watch(slug, 1), { ok: true, revision: 3 });
    const widget = new WebSocket(`${url.replace('http', 'ws')}/w?documents=${slug}&since=0`);
    t.teardown(() => widget.terminate());
    const shown: string[] = [];
    widget.on('message', (data) => shown.push(String(data)));
    await until(() => shown.length > 0);
    const life = new AbortController();
    const stream = await fetch(`${url}/v1/public/${slug}/events?after=1`, {
      headers: { accept: 'text/event-stream' },
      signal: life.signal,
    });
    for await (const { type } of readEvents(stream)) if (type === 'revision') break;
    life.abort();
    // The counts are the last to come.
    await until(async () => (await written()).includes('document_views'));
    t.deepEqual(
      (await written()).filter((name) => !COUNTS.includes(name)),
      [],
    );
  });

  test.serial(
    `${LISTENER}: viewers of a live draft cause one write to its directory row, however many come`,
    async (t) => {
      const world = await createWorld(t);
      const first = await world.node({ LISTENER });
      const author = await world.author();
      const article = await Article.make(first, author);
      await article.publish('one');
      await article.change({ live: true });
      await first.close();
      const node = await world.node({ LISTENER });
      const epoch = async () =>
        (
          await world.orm.query<{ epoch: string }>('select epoch from draft_heads where document_id = $1', [article.id])
        )[0]?.epoch;
      const written = await noteWrites(world);
      const before = Number(await epoch());
      for (let visitor = 0; visitor < 5; visitor += 1) {
        const viewer = await connectViewer(t, node.url);
        t.like(await viewer.watch(article.slug), { ok: true, live: true });
        await viewer.socket.disconnect();
        await delay(20);
      }
      t.is(Number(await epoch()), before + 1);
      t.deepEqual(
        (await written()).filter((name) => !COUNTS.includes(name)),
        ['draft_heads'],
      );
    },
  );
}
