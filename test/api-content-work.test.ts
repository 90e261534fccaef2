/** Long work on content: done by threads, within bounds, and the same as when it is done at once. */
import test from 'ava';
import * as Y from 'yjs';
import { writeContent } from '../src/content/draft.ts';
import type { Body } from '../src/content/types.ts';
import { type ContentWorkOptions, createContentWork } from '../src/gateway/api/content-work.ts';
import { silentLog } from './support/silent-log.ts';

const work = (options: Partial<ContentWorkOptions> = {}) =>
  createContentWork({ threads: 1, queued: 2, timeMs: 60_000, memoryMb: 256, log: silentLog, ...options });

const body = (...texts: string[]): Body => ({
  type: 'doc',
  content: texts.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })),
});
const LARGE = 3_000;
const large = (text: string): Body => body(...Array.from({ length: LARGE }, (_, index) => `${text} ${index}`));

test('I9 large texts are read by a thread, small ones at once, with the same outcome', async (t) => {
  const { close, parse } = work();
  t.teardown(close);
  t.deepEqual(await parse('html', '<p>one</p>'), { ok: true, body: body('one') });
  t.deepEqual(await parse('markdown', 'one'), { ok: true, body: body('one') });
  t.deepEqual(await parse('html', '<p>one</p>'.repeat(LARGE)), {
    ok: true,
    body: body(...Array.from({ length: LARGE }, () => 'one')),
  });
  t.deepEqual(await parse('markdown', 'one\n\n'.repeat(LARGE)), {
    ok: true,
    body: body(...Array.from({ length: LARGE }, () => 'one')),
  });
  const refused = await parse('html', '<b>'.repeat(100_000));
  t.true(!refused.ok && 'detail' in refused);
});

test('updates are read and merged, large or small', async (t) => {
  const { close, merge, read } = work();
  t.teardown(close);
  for (const text of [body('small'), large('a paragraph')]) {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    writeContent(doc, { title: 'A title', body: text });
    writeContent(doc, { summary: 'A summary' });
    t.is(updates.length, 2);
    t.deepEqual(await read(updates), { ok: true, content: { title: 'A title', summary: 'A summary', body: text } });
    const merged = await merge(updates);
    t.true(merged.ok);
    const again = await read(merged.ok ? [merged.state] : []);
    t.like(again, { content: { body: text } });
  }
  t.like(await read([]), { content: { title: null, summary: '' } });
});

test('bodies are compared, large or small', async (t) => {
  const { close, diff } = work();
  t.teardown(close);
  const small = await diff(body('one', 'two'), body('one', 'three'));
  t.true(small.ok && small.blocks[0]?.kind === 'same');
  const compared = await diff(large('a'), large('a'));
  t.true(compared.ok && compared.blocks.every(({ kind }) => kind === 'same'));
});

test('I9 beyond the bounds of time, heap and queue work is refused, and what comes later is done', async (t) => {
  const text = '<p>one</p>'.repeat(LARGE);
  const late = work({ timeMs: 1 });
  t.teardown(late.close);
  t.like(await late.parse('html', text), { ok: false, error: { code: 'overloaded' } });

  const narrow = work({ queued: 1 });
  t.teardown(narrow.close);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => narrow.parse('html', text)));
  const done = outcomes.filter(({ ok }) => ok).length;
  t.true(done >= 1 && done < 10, `${done} done`);
  for (const outcome of outcomes) t.true(outcome.ok || ('error' in outcome && outcome.error.code === 'overloaded'));
  t.like(await narrow.parse('html', text), { ok: true });

  const poor = work({ memoryMb: 24 });
  t.teardown(poor.close);
  t.like(await poor.parse('html', '<p>one two three</p>'.repeat(50_000)), {
    ok: false,
    error: { code: 'overloaded' },
  });
});

test('what waits is refused when the pool is closed', async (t) => {
  const { close, parse } = work();
  const waiting = [parse('html', '<p>one</p>'.repeat(LARGE)), parse('html', '<p>two</p>'.repeat(LARGE))];
  await close();
  for (const outcome of await Promise.all(waiting)) t.like(outcome, { ok: false, error: { code: 'overloaded' } });
});
