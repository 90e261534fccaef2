/** Work that recurs on a node: a round that breaks is logged, and the process and the next rounds go on. */
import test from 'ava';
import { Type } from 'typebox';
import { createLocalCluster } from '../src/cluster/local.ts';
import { readQuery } from '../src/gateway/api/query.ts';
import { startSync } from '../src/gateway/realtime/sync.ts';
import { until } from './support/helpers.ts';
import { silentLog } from './support/silent-log.ts';

test('I7 a look at documents elsewhere that breaks ends neither the process nor the next looks', async (t) => {
  let looks = 0;
  const errors: unknown[] = [];
  const stop = startSync({
    cluster: createLocalCluster({ nodeId: 'a', log: silentLog }),
    remote: { sync: async () => ({ ok: true, heads: [] }) },
    audience: {
      edits: () => undefined,
      reopen: () => undefined,
      head: () => undefined,
      openElsewhere() {
        looks += 1;
        throw new Error('broken');
      },
    },
    syncMs: 5,
    livenessMs: 5,
    log: { ...silentLog, warn: (fields: object) => errors.push(fields) },
  });
  await until(() => looks >= 6);
  stop();
  t.true(errors.length >= 5);
  t.true((errors[0] as { err: unknown }).err instanceof Error);
});

test('I10 a query parameter with a name that objects have by themselves is unknown like any other', (t) => {
  const schema = Type.Object({ limit: Type.Optional(Type.Integer()) }, { additionalProperties: false });
  const seen: unknown[] = [];
  const check = (value: unknown) => {
    const known = Object.keys(value as object).every((name) => name === 'limit');
    seen.push(Object.keys(value as object));
    return known ? ({ ok: true, value } as const) : ({ ok: false, detail: 'unknown' } as const);
  };
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    t.false(readQuery(new URLSearchParams(`${name}=x`), schema, check).ok, name);
  }
  t.true(readQuery(new URLSearchParams('limit=3'), schema, check).ok);
  t.deepEqual(seen[0], ['__proto__']);
});
