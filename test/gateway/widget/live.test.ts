/** Live documents as widgets and event streams get them: the draft, block by block, and the revision again when it settles. */
import test from 'ava';
import { Compile } from 'typebox/compile';
import { WIDGET_MESSAGES } from '../../../schemas/widget.ts';
import { readEvents } from '../../../src/clients/http/events.ts';
import { until } from '../../support/helpers.ts';
import { LISTENERS } from '../../support/node.ts';
import { widgetWorld } from '../../support/widget.ts';

for (const kind of LISTENERS) {
  test(`${kind}: ONAIR6 widgets get the draft of a live document, whole when they come and then what changes, until it settles`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'published');
    const early = world.connect('documents=cranes');
    t.like(await early.next(), { type: 'revision', revision: 1 });
    await world.change(id, { live: true });
    await until(() => world.drafts.followers(id) === 1);
    world.drafts.write(id, 'one', 'two');
    const whole = await early.next();
    t.true(Compile(WIDGET_MESSAGES.live.body).Check(whole));
    t.like(whole, { type: 'live', document: 'cranes', seq: 1, base: null, title: 'A live title' });
    world.drafts.write(id, 'one', '2', 'three');
    const splices = [{ at: 1, remove: 1, blocks: ['<p>2</p>', '<p>three</p>'] }];
    t.like(await early.next(), { type: 'live', seq: 2, base: 1, splices });

    const late = world.connect('documents=cranes');
    const all = [{ at: 0, remove: 0, blocks: ['<p>one</p>', '<p>2</p>', '<p>three</p>'] }];
    t.like(
      await late.next(),
      { type: 'live', seq: 2, base: null, splices: all },
      'first, so that nothing else is shown',
    );
    t.like(await late.next(), { type: 'revision', revision: 1 });
    t.is(world.drafts.followers(id), 1, 'one for all widgets of the node');
    late.say({ type: 'unfollow', documents: ['cranes'] });
    late.say({ type: 'follow', documents: [{ slug: 'cranes', since: 0 }] });
    t.like(await late.next(), { type: 'live', seq: 2, base: null }, 'all of it again');
    t.like(await late.next(), { type: 'revision', revision: 1 });

    await world.change(id, { live: false });
    for (const socket of [early, late]) {
      const settled = await socket.next();
      t.true(Compile(WIDGET_MESSAGES.settled.body).Check(settled));
      t.deepEqual(settled, { type: 'settled', document: 'cranes' });
    }
    t.is(world.drafts.followers(id), 0);
    await world.publish(id, 'in the end');
    t.like(await early.next(), { type: 'revision', revision: 2, html: '<p>in the end</p>' });
  });

  test(`${kind}: ONAIR6 I6 a live document that goes private sends nothing more of its draft`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'published');
    await world.change(id, { live: true });
    const socket = world.connect('documents=cranes&since=0');
    t.like(await socket.next(), { type: 'revision' });
    world.drafts.write(id, 'for all');
    t.like(await socket.next(), { type: 'live', base: null });
    await world.change(id, { visibility: 'private' });
    t.deepEqual(await socket.next(), { type: 'gone', document: 'cranes' });
    t.is(world.drafts.followers(id), 0);
    world.drafts.write(id, 'secret');
    await world.change(id, { visibility: 'public', live: false });
    await world.publish(id, 'public again');
    socket.say({ type: 'follow', documents: [{ slug: 'cranes', since: 0 }] });
    t.like(await socket.next(), { type: 'revision', revision: 2 });
    t.false(socket.frames.some((frame) => frame.includes('secret')));
  });
}

test('ONAIR6 an event stream has the draft beside the revisions, without a position of its own', async (t) => {
  const world = await widgetWorld(t, 'node');
  const id = await world.shown('cranes', 'published');
  await world.change(id, { live: true });
  const life = new AbortController();
  const response = await fetch(`${world.url}/v1/public/cranes/events`, {
    headers: { accept: 'text/event-stream' },
    signal: life.signal,
  });
  const events = readEvents(response);
  const next = async () => {
    const { value } = await events.next();
    return value && { id: value.id, type: value.type, data: JSON.parse(value.data) as Record<string, unknown> };
  };
  t.like(await next(), { id: `1.${id}`, type: 'revision' });
  await until(() => world.drafts.followers(id) === 1);
  world.drafts.write(id, 'one');
  t.like(await next(), { id: undefined, type: 'live', data: { seq: 1, base: null } });
  world.drafts.write(id, 'one', 'two');
  t.like(await next(), { type: 'live', data: { seq: 2, base: 1 } });
  await world.publish(id, 'published once more');
  t.like(await next(), { id: `2.${id}`, type: 'revision' });
  await world.change(id, { live: false });
  t.like(await next(), { id: undefined, type: 'settled', data: { document: 'cranes' } });
  life.abort();
});
