/** The list's copy of a title: told after typing stops, told again after an outage, not told what was refused. */
import { mock } from 'node:test';
import test from 'ava';
import type { Answer } from '../../src/clients/pages/common/api.ts';
import { createListTitle } from '../../src/clients/pages/edit/list-title.ts';

type Renamed = Awaited<ReturnType<Parameters<typeof createListTitle>[0]['renameDocument']>>;
const done = { ok: true, value: undefined } as unknown as Renamed;
const refused = (status: number): Answer<never> => ({ ok: false, problem: { code: 'x', status, message: 'x' } });

test.before(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.after.always(() => mock.timers.reset());

function harness(listed: string, answers: Renamed[]) {
  const told: string[] = [];
  const renameDocument = async (_id: string, title: string) => {
    told.push(title);
    return answers.shift() ?? done;
  };
  return { told, list: createListTitle({ renameDocument }, 'id', listed) };
}

/** Lets time pass, and what waits for it run to its end. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test.serial('many keys make one call, with the last title', async (t) => {
  const { told, list } = harness('Untitled', []);
  for (const title of ['T', 'Ti', 'Tides ']) {
    list.follow(title);
    await pass(100);
  }
  t.deepEqual(told, []);
  await pass(800);
  t.deepEqual(told, ['Tides']);
});

test.serial('a title that the list has already is not told', async (t) => {
  const { told, list } = harness('Tides', []);
  list.follow('Tides');
  await pass(10_000);
  t.deepEqual(told, []);
});

test.serial('an emptied title is listed as untitled', async (t) => {
  const { told, list } = harness('Tides', []);
  list.follow('  ');
  await pass(800);
  t.deepEqual(told, ['Untitled']);
});

test.serial('a call that failed is made again, with the title of that time', async (t) => {
  const { told, list } = harness('Untitled', [refused(0), refused(503)]);
  list.follow('Tides');
  await pass(800);
  await pass(5_000);
  list.follow('Tides and moons');
  await pass(800);
  t.deepEqual(told, ['Tides', 'Tides', 'Tides and moons']);
  await pass(60_000);
  t.is(told.length, 3);
});

test.serial('a refusal is not insisted on', async (t) => {
  const { told, list } = harness('Untitled', [refused(403)]);
  list.follow('Tides');
  await pass(800);
  await pass(60_000);
  t.deepEqual(told, ['Tides']);
});

test.serial('leaving the page tells at once what was waiting', async (t) => {
  const { told, list } = harness('Untitled', []);
  list.follow('Tides');
  list.flush();
  t.deepEqual(told, ['Tides']);
  await pass(10_000);
  t.is(told.length, 1);
});
