/** Readings of which only the newest counts. */
import test from 'ava';
import { latest } from '../../src/lib/latest.ts';

/** Readings that end when the test says so, in their order. */
function readings() {
  const begun: PromiseWithResolvers<string>[] = [];
  const load = latest(() => {
    const one = Promise.withResolvers<string>();
    begun.push(one);
    return one.promise;
  });
  return { begun, load };
}

test('a reading that a later one overtook ends as that one does', async (t) => {
  const { begun, load } = readings();
  const [first, second] = [load(), load()];
  let isFirstDone = false;
  void first.then(() => {
    isFirstDone = true;
  });
  begun[0]?.resolve('before');
  await new Promise((resolve) => setImmediate(resolve));
  t.false(isFirstDone, 'what it brought is old');
  begun[1]?.resolve('after');
  t.deepEqual([await first, await second], ['after', 'after']);
  const third = load();
  begun[2]?.resolve('later');
  t.is(await third, 'later');
});

test('a later reading that ends first counts for both, and an old failure is nobody’s', async (t) => {
  const { begun, load } = readings();
  const [first, second] = [load(), load()];
  begun[1]?.resolve('after');
  t.is(await second, 'after');
  begun[0]?.reject(new Error('before'));
  t.is(await first, 'after');
});

test('the failure of the newest reading is everybody’s', async (t) => {
  const { begun, load } = readings();
  const [first, second] = [load(), load()];
  begun[0]?.resolve('before');
  begun[1]?.reject(new Error('away'));
  await t.throwsAsync(first, { message: 'away' });
  await t.throwsAsync(second, { message: 'away' });
});
