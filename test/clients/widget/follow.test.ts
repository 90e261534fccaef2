/** `followDocument` outside of a page: several followers over one socket, from the first revision to the last. */
import test from 'ava';
import { followDocument } from '../../../src/clients/widget/follow.ts';
import type { WidgetPublication } from '../../../src/clients/widget/publication.ts';
import { until } from '../../support/helpers.ts';
import { widgetWorld } from '../../support/widget.ts';

test.beforeEach((t) => t.timeout(60_000));

test('I7 followers of one server share a socket, and each gets every revision until it stops', async (t) => {
  const server = await widgetWorld(t, 'node');
  const ids = await Promise.all(['cranes', 'storks'].map((name) => server.shown(name, `Of ${name}.`)));
  const seen: Record<string, string[]> = { cranes: [], again: [], storks: [] };
  const follow = (slug: string, key: string, signal?: AbortSignal) =>
    followDocument({
      origin: server.url,
      slug,
      onRevision: ({ revision, html }: WidgetPublication) => seen[key]?.push(`${revision} ${html}`),
      ...(signal && { signal }),
    });
  const ending = new AbortController();
  const stops = [follow('cranes', 'cranes'), follow('cranes', 'again', ending.signal), follow('storks', 'storks')];
  t.teardown(() => {
    for (const stop of stops) stop();
  });
  await until(() => Object.values(seen).every(({ length }) => length === 1));
  t.is(server.widget.count(), 1);
  ending.abort();
  await server.publish(ids[0] ?? '', 'New.');
  await until(() => seen.cranes?.length === 2);
  t.deepEqual(seen, {
    cranes: ['1 <p>Of cranes.</p>', '2 <p>New.</p>'],
    again: ['1 <p>Of cranes.</p>'],
    storks: ['1 <p>Of storks.</p>'],
  });
  for (const stop of stops) stop();
  await until(() => server.widget.count() === 0);
});

test('I6 what is made private is gone', async (t) => {
  const server = await widgetWorld(t, 'node');
  const id = await server.shown('cranes', 'They come in April.');
  const seen: (string | number)[] = [];
  const stop = followDocument({
    origin: server.url,
    slug: 'cranes',
    onRevision: ({ revision }) => seen.push(revision),
    onGone: () => seen.push('gone'),
  });
  t.teardown(stop);
  await until(() => seen.length === 1);
  await server.change(id, { visibility: 'private' });
  await until(() => seen.length === 2);
  t.deepEqual(seen, [1, 'gone']);
});

test('a signal that has aborted begins nothing, and outside of a page an origin is needed', async (t) => {
  const server = await widgetWorld(t, 'node');
  await server.shown('cranes', 'They come in April.');
  const onRevision = () => t.fail();
  followDocument({ origin: server.url, slug: 'cranes', onRevision, signal: AbortSignal.abort() })();
  t.is(server.widget.count(), 0);
  t.throws(() => followDocument({ slug: 'cranes', onRevision }), { instanceOf: TypeError });
});
