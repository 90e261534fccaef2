/** Periodic tasks and timers: a run that throws is logged, and the process and the next runs go on. */
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { Type } from 'typebox';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { readQuery } from '../../src/gateway/api/kernel/query.ts';
import { startSync } from '../../src/gateway/authors/sync.ts';
import { periodic } from '../../src/lib/periodic.ts';
import { later, ticking } from '../../src/lib/timers.ts';
import { until } from '../support/helpers.ts';
import { silentLog } from '../support/silent-log.ts';

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

test('I7 what a timer calls ends neither the process nor the timer, and the log says why', async (t) => {
  const errors: { err: unknown; message: string }[] = [];
  const log = {
    ...silentLog,
    error: ({ err }: { err?: unknown }, message: string) => errors.push({ err, message }),
    warn: ({ err }: { err?: unknown }, message: string) => errors.push({ err, message }),
  };
  let ticks = 0;
  const timers = [
    ticking(1, 'throws', log, () => {
      ticks += 1;
      throw new Error('thrown');
    }),
    ticking(1, 'rejects', log, async () => {
      ticks += 1;
      throw new Error('rejected');
    }),
  ];
  later(1, 'once', log, () => Promise.reject(new Error('late')));
  const upkeep = periodic(1, 'upkeep', log, async () => {
    throw new Error('in a run');
  });
  const failures = () => errors.map(({ err, message }) => `${message}: ${(err as Error).message}`);
  const expected = [
    "throws: a timer's call failed: thrown",
    "rejects: a timer's call failed: rejected",
    "once: a timer's call failed: late",
    'upkeep: a run failed: in a run',
  ];
  await until(() => expected.every((failure) => failures().includes(failure)) && ticks >= 6);
  for (const timer of timers) clearInterval(timer);
  await upkeep.stop();
  t.true(errors.every(({ err }) => err instanceof Error && err.stack !== undefined));
});

/** Lines of the sources that match, as `file: line`; what runs in browsers has another clock and nobody to end. */
function linesThat(match: RegExp, except: readonly string[]): string[] {
  const src = new URL('../../src/', import.meta.url);
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !except.some((path) => name.startsWith(path)))
    .flatMap((name) =>
      readFileSync(new URL(name, src), 'utf8')
        .split('\n')
        .filter((line) => match.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
}

test('I7 nothing recurs but through the timers that hold back errors', (t) => {
  t.deepEqual(linesThat(/\bsetInterval\(/, ['lib/timers.ts', 'clients/viewer/', 'clients/pages/']), []);
});

test('I10 an error is logged with its stack', (t) => {
  t.deepEqual(linesThat(/\b(?:log|#log)\.\w+\(.*\berror: (?:String\(|error\.message)/, []), []);
});

test('no time to wait is counted by a clock that may be set', (t) => {
  // The doctor compares it with the database's; pages show times of day, also of when a live document was last current.
  const shown = ['clients/pages/', 'clients/viewer/', 'clients/widget/shown-document.ts'];
  t.deepEqual(linesThat(/\bDate\.now\(\)/, ['cli/doctor/services.ts', ...shown]), []);
});
