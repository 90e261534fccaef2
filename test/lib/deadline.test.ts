/** Work with a deadline: what is answered in time and what after it, and that nothing late is left unhandled. */
import test from 'ava';
import { answerWithin, withDeadline } from '../../src/lib/deadline.ts';

const never = new Promise<never>(() => {});

test('work that ends in time brings its own value or error', async (t) => {
  t.is(await withDeadline(Promise.resolve('done'), 60_000, () => 'late'), 'done');
  t.is(await answerWithin(Promise.resolve('done'), 60_000), 'done');
  await t.throwsAsync(answerWithin(Promise.reject(new Error('broken')), 60_000), { message: 'broken' });
});

test('after the deadline the caller decides what the answer is', async (t) => {
  t.is(await withDeadline(never, 1, () => 'late'), 'late');
  await t.throwsAsync(answerWithin(never, 1), { message: 'no answer within 1 ms' });
});

test('work that fails after its deadline is no unhandled rejection', async (t) => {
  const { promise, reject } = Promise.withResolvers<void>();
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  t.is(await withDeadline(promise, 1, () => 'late'), 'late');
  reject(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  t.deepEqual(unhandled, []);
});
