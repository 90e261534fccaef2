/** The widget protocol on both listeners: what sockets are sent, in which order, and what they cannot find out. */
import test from 'ava';
import { Compile } from 'typebox/compile';
import { WIDGET_MESSAGES } from '../../../schemas/widget.ts';
import { until } from '../../support/helpers.ts';
import { LISTENERS } from '../../support/node.ts';
import { widgetWorld } from '../../support/widget.ts';

for (const kind of LISTENERS) {
  test(`${kind}: I7 a widget gets the current revision, and then each new one once and in order`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'They come in April.');
    const socket = world.connect('documents=cranes');
    const first = await socket.next();
    t.true(Compile(WIDGET_MESSAGES.revision.body).Check(first));
    t.like(first, { document: 'cranes', revision: 1, title: 'The title', html: '<p>They come in April.</p>' });
    for (const text of ['a', 'b', 'c', 'd', 'e']) await world.publish(id, text);
    t.deepEqual(await socket.revisions(5), [2, 3, 4, 5, 6]);
    t.is(socket.frames.length, 6);
  });

  test(`${kind}: I7 a widget that reconnects gets what it missed, of much the last alone, and nothing twice`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'one');
    for (let number = 2; number <= 25; number += 1) await world.publish(id, `text ${number}`);
    const some = world.connect('documents=cranes&since=20');
    t.deepEqual(await some.revisions(5), [21, 22, 23, 24, 25]);
    const most = world.connect('documents=cranes&since=5');
    t.deepEqual(
      await most.revisions(20),
      [...Array(20).keys()].map((index) => index + 6),
    );
    const [late, fresh] = [world.connect('documents=cranes&since=4'), world.connect('documents=cranes&since=25')];
    t.deepEqual(await late.revisions(1), [25], 'of 21 missed ones the last');
    const joined = world.connect('documents=cranes&since=24');
    t.deepEqual(await joined.revisions(1), [25]);
    await world.publish(id, 'one more');
    t.deepEqual(await late.revisions(1), [26]);
    t.deepEqual(await fresh.revisions(1), [26], 'the first that it is sent');
    t.is(late.frames.length, 2);
  });

  test(`${kind}: ADDR3 a widget with a former slug stays and comes, and is sent what the document says`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'one');
    const early = world.connect('documents=cranes');
    t.like(await early.next(), { document: 'cranes', id, revision: 1 });
    await world.change(id, { slug: 'kraniche-größe' });
    const late = world.connect('documents=cranes');
    t.like(await late.next(), { document: 'cranes', id, revision: 1 });
    const fresh = world.connect(`documents=${encodeURIComponent('kraniche-größe')}`);
    t.like(await fresh.next(), { document: 'kraniche-größe', id, revision: 1 });
    await world.publish(id, 'two');
    for (const socket of [early, late]) t.like(await socket.next(), { document: 'cranes', id, revision: 2 });
    t.like(await fresh.next(), { document: 'kraniche-größe', id, revision: 2 });
    await world.unpublish(id);
    for (const socket of [early, late]) t.deepEqual(await socket.next(), { type: 'gone', document: 'cranes' });
  });

  test(`${kind}: I6 a withdrawn revision is never sent, however a later one is requested`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'one');
    await world.publish(id, 'said by mistake');
    await world.unpublish(id);
    await world.publish(id, 'put right');
    const socket = world.connect('documents=cranes&since=1');
    t.deepEqual(await socket.revisions(1), [3]);
    const page = await world.get('/v1/public/cranes/events?after=1');
    t.like(await page.json(), { revisions: [{ revision: 3 }], next: 3 });
    const stream = await world.get('/v1/public/cranes/events', { accept: 'text/event-stream', 'last-event-id': '1' });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let said = '';
    while (!said.includes(`id: 3.${id}\n`)) said += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    t.false(said.includes('said by mistake'));
    await world.publish(id, 'four');
    t.deepEqual(await socket.revisions(1), [4]);
    t.is(socket.frames.length, 2);
  });

  test(`${kind}: I7 many sockets that join while revisions are published each get every one once`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'one');
    const sockets = [world.connect('documents=cranes&since=0')];
    t.deepEqual(await sockets[0]?.revisions(1), [1]);
    for (let number = 2; number <= 15; number += 1) {
      await world.publish(id, `text ${number}`);
      sockets.push(world.connect('documents=cranes&since=1'), world.connect('documents=cranes&since=1'));
    }
    const all = [...Array(14).keys()].map((index) => index + 2);
    for (const socket of sockets) t.deepEqual(await socket.revisions(14), all);
    await world.publish(id, 'the last');
    for (const socket of sockets) t.deepEqual(await socket.revisions(1), [16]);
  });

  test(`${kind}: one socket follows ten documents, takes up and leaves others`, async (t) => {
    const world = await widgetWorld(t, kind);
    const names = [...Array(10).keys()].map((index) => `text-${index}`);
    const ids = await Promise.all(names.map((name) => world.shown(name, name)));
    const other = await world.shown('another', 'more');
    const socket = world.connect(`documents=${names}&since=${names.map(() => 1)}`);
    await new Promise((resolve) => socket.socket.once('open', resolve));
    socket.say({ type: 'follow', documents: [{ slug: 'another', since: 0 }] });
    t.like(await socket.next(), { document: 'another', revision: 1 });
    for (const [index, id] of ids.entries()) {
      await world.publish(id, 'new');
      t.like(await socket.next(), { document: names[index], revision: 2 });
    }
    socket.say({ type: 'unfollow', documents: ['another', 'text-0'] });
    // What is said on one socket is dealt with in order: the answer to this means that the other was taken.
    socket.say({ type: 'follow', documents: [{ slug: 'nothing', since: 0 }] });
    t.deepEqual(await socket.next(), { type: 'gone', document: 'nothing' });
    await world.publish(other, 'unseen');
    await world.publish(ids[0] ?? '', 'unseen');
    await world.publish(ids[1] ?? '', 'seen');
    t.like(await socket.next(), { document: 'text-1', revision: 3 });
  });

  test(`${kind}: I6 private, unpublished, deleted and missing documents get the same bytes`, async (t) => {
    const world = await widgetWorld(t, kind);
    await world.shown('hidden', 'a secret', 'private');
    await world.shown('draft');
    const taken = await world.shown('taken', 'was public');
    await world.unpublish(taken);
    const deleted = await world.shown('deleted', 'was public');
    await world.remove(deleted);
    await world.shown('open', 'for all');
    const names = ['hidden', 'draft', 'taken', 'deleted', 'never-made', 'Not a name!'];
    for (const name of names) {
      const alone = world.connect(`documents=${encodeURIComponent(name)}`);
      t.deepEqual(await alone.closed, { code: 4403, reason: 'forbidden' }, name);
      t.deepEqual(alone.frames, [], name);
    }
    const mixed = world.connect(`documents=open,${names.slice(0, 5)}`);
    t.like(await mixed.next(), { document: 'open', revision: 1 });
    for (const _ of names.slice(0, 5)) await mixed.next();
    t.deepEqual(
      mixed.frames.slice(1),
      names.slice(0, 5).map((name) => JSON.stringify({ type: 'gone', document: name })),
    );
    const answers = await Promise.all(names.map((name) => world.get(`/v1/public/${encodeURIComponent(name)}`)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([403]));
    t.is(new Set(texts).size, 1);
    const heads = answers.map(({ headers }) =>
      JSON.stringify([...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')),
    );
    t.is(new Set(heads).size, 1);
    t.false(texts.join().includes('secret'));
  });

  test(`${kind}: I6 a document that becomes private is gone for all its widgets, and can come back`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'public now');
    const socket = world.connect('documents=cranes');
    await socket.revisions(1);
    await world.change(id, { visibility: 'private' });
    t.deepEqual(await socket.next(), { type: 'gone', document: 'cranes' });
    await world.publish(id, 'for friends');
    await world.change(id, { visibility: 'public' });
    await world.publish(id, 'for all again');
    socket.say({ type: 'follow', documents: [{ slug: 'cranes', since: 1 }] });
    t.like(await socket.next(), { revision: 3, html: '<p>for all again</p>' });
    t.false(socket.frames.join().includes('for friends'), 'what was published in private stays so');
  });

  test(`${kind}: I6 I7 revisions whose notice is lost are sent all the same, and so is a withdrawal`, async (t) => {
    const world = await widgetWorld(t, kind, { recheckMs: 50 });
    const id = await world.shown('cranes', 'one');
    const socket = world.connect('documents=cranes');
    await socket.revisions(1);
    await world.publishSilently(id, 'two');
    await world.publishSilently(id, 'three');
    t.deepEqual(await socket.revisions(2), [2, 3]);
    await world.changeSilently(id, { visibility: 'private' });
    t.deepEqual(await socket.next(), { type: 'gone', document: 'cranes' });
  });

  test(`${kind}: I10 a malformed message ends its sender's socket alone`, async (t) => {
    const world = await widgetWorld(t, kind, { maxMessageBurst: 5 });
    const id = await world.shown('cranes', 'one');
    const bystander = world.connect('documents=cranes');
    await bystander.revisions(1);
    const many = [...Array(51).keys()].map((index) => `d${index}`);
    const addresses = [
      '',
      'documents=',
      `documents=${many}`,
      'documents=cranes&since=1,2',
      'documents=cranes&since=-1',
      'documents=cranes&since=99999999999',
      'documents=cranes,&since=1,1',
      `documents=${'a'.repeat(200)}`,
    ];
    for (const address of addresses) {
      t.deepEqual(await world.connect(address).closed, { code: 4400, reason: 'bad_request' }, address);
    }
    const follow = (documents: unknown) => ({ type: 'follow', documents });
    const messages = [
      'hello',
      '{"type":"follow"}',
      '[]',
      'null',
      follow([]),
      follow(many.map((slug) => ({ slug, since: 0 }))),
      follow([{ slug: 'cranes' }]),
      follow([{ slug: 'cranes', since: 1.5 }]),
      follow([{ slug: 'cranes', since: 0, more: 1 }]),
      { type: 'unfollow', documents: [{ slug: 'cranes' }] },
      {
        type: 'revision',
        document: 'cranes',
        revision: 9,
        title: '',
        summary: '',
        html: '',
        author: '',
        publishedAt: '',
      },
    ];
    for (const message of messages) {
      const socket = world.connect('documents=cranes');
      await socket.revisions(1);
      socket.say(message);
      t.deepEqual(await socket.closed, { code: 4400, reason: 'bad_request' }, JSON.stringify(message));
    }
    const binary = world.connect('documents=cranes');
    await binary.revisions(1);
    binary.socket.send(Buffer.from(JSON.stringify(follow([{ slug: 'cranes', since: 0 }]))));
    t.is((await binary.closed).code, 4400);
    const large = world.connect('documents=cranes');
    await large.revisions(1);
    large.say(JSON.stringify(follow([{ slug: 'cranes'.padEnd(17_000), since: 0 }])));
    t.is((await large.closed).code, 1009);
    const fast = world.connect('documents=cranes');
    await fast.revisions(1);
    for (let count = 0; count < 8; count += 1) fast.say({ type: 'unfollow', documents: ['other'] });
    t.deepEqual(await fast.closed, { code: 4529, reason: 'rate_limited' });
    await world.publish(id, 'two');
    t.deepEqual(await bystander.revisions(1), [2]);
    t.is(world.widget.count(), 1);
  });

  test(`${kind}: I9 a socket follows so many documents and no more`, async (t) => {
    const world = await widgetWorld(t, kind);
    const names = [...Array(51).keys()].map((index) => `text-${index}`);
    for (const name of names) await world.shown(name, name);
    const socket = world.connect(`documents=${names.slice(0, 50)}`);
    await socket.revisions(50);
    socket.say({ type: 'follow', documents: [{ slug: 'text-50', since: 0 }] });
    t.like(await socket.next(), { type: 'error', code: 'too_many_documents' });
    t.true(Compile(WIDGET_MESSAGES.error.body).Check(JSON.parse(socket.frames.at(-1) ?? '')));
    socket.say({ type: 'unfollow', documents: ['text-3'] });
    socket.say({ type: 'follow', documents: [{ slug: 'text-50', since: 0 }] });
    t.like(await socket.next(), { document: 'text-50' });
  });

  test(`${kind}: no cookie is read or set, and every origin is accepted`, async (t) => {
    const world = await widgetWorld(t, kind);
    await world.shown('cranes', 'one');
    const socket = world.connect('documents=cranes', {
      headers: { cookie: 'stet=garbage; __Host-stet=garbage', origin: 'https://foreign.example' },
    });
    t.false('set-cookie' in (await socket.headers));
    await socket.revisions(1);
    const answer = await world.get('/v1/public/cranes', { cookie: 'stet=garbage', origin: 'https://foreign.example' });
    t.is(answer.status, 200);
    t.is(answer.headers.get('access-control-allow-origin'), '*');
    t.is(answer.headers.get('set-cookie'), null);
  });

  test(`${kind}: I9 handshakes over the limit are closed with a code, and nothing is looked up for them`, async (t) => {
    const world = await widgetWorld(t, kind, { handshakes: 1 });
    const id = await world.shown('cranes', 'one');
    const first = world.connect('documents=cranes');
    await first.revisions(1);
    const before = world.asked.length;
    const late = world.connect('documents=storks');
    late.socket.once('open', () => late.say({ type: 'follow', documents: [{ slug: 'storks', since: 0 }] }));
    t.deepEqual(await late.closed, { code: 4503, reason: 'overloaded' });
    t.deepEqual(late.frames, []);
    t.is(world.asked.length, before);
    await world.publish(id, 'two');
    t.deepEqual(await first.revisions(1), [2], 'who is in notices nothing');
  });

  test(`${kind}: a node that drains closes every socket with a code on which widgets reconnect`, async (t) => {
    const world = await widgetWorld(t, kind);
    await world.shown('cranes', 'one');
    const sockets = Array.from({ length: 10 }, () => world.connect('documents=cranes'));
    for (const socket of sockets) await socket.revisions(1);
    await world.widget.drain(100);
    for (const socket of sockets) t.deepEqual(await socket.closed, { code: 1001, reason: 'draining' });
    await until(() => world.widget.count() === 0);
  });

  test(`${kind}: a revision is encoded once and read once, however many follow`, async (t) => {
    const world = await widgetWorld(t, kind);
    const id = await world.shown('cranes', 'one');
    const sockets = [...Array(20)].map(() => world.connect('documents=cranes'));
    for (const socket of sockets) await socket.revisions(1);
    const before = world.asked.length;
    await world.publish(id, 'two');
    for (const socket of sockets) t.deepEqual(await socket.revisions(1), [2]);
    t.is(world.published.length, 1);
    t.true(world.asked.length - before <= 3, world.asked.slice(before).join());
    for (const { socket } of sockets) socket.close();
  });

  test(`${kind}: sockets are closed with a code to retry when could not read public documents`, async (t) => {
    const world = await widgetWorld(t, kind);
    await world.shown('cranes', 'one');
    world.fail(true);
    t.deepEqual(await world.connect('documents=cranes').closed, { code: 4503, reason: 'unavailable' });
    world.fail(false);
    t.deepEqual(await world.connect('documents=cranes').revisions(1), [1]);
  });
}
