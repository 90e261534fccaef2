// What every implementation of the port of writing sessions does: each edit in one session, however it is read and however much there is.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { WritingSession } from '../../schemas/http.ts';
import type { WritingSessions } from '../../src/ports/writing-sessions.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

/** An edit that is in the journal. */
export interface Edit {
  readonly by: Person;
  /** When it was committed, milliseconds. */
  readonly at: number;
  /** Of its update. */
  readonly bytes: number;
}

export interface WritingSessionsWorld extends Pick<People, 'person' | 'document'> {
  readonly sessions: WritingSessions;
  /** Appends edits to the journal of a document. */
  write(documentId: string, edits: readonly Edit[]): Promise<void>;
}

const NOON = Date.UTC(2026, 4, 3, 12);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PAUSE = 10 * MINUTE;
const PER_PAGE = 200;

const iso = (ms: number) => new Date(ms).toISOString();
const ranges = (sessions: readonly WritingSession[]) => sessions.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq]);
/** Edits without a pause. */
const steady = (by: Person, count: number): Edit[] =>
  Array.from({ length: count }, (_, n) => ({ by, at: NOON + n * SECOND, bytes: 1 }));

/** All pages, from a position on. */
async function readAll(sessions: WritingSessions, documentId: string, through: number, limit: number) {
  const found: WritingSession[] = [];
  for (let next: number | undefined = through + 1; next !== undefined; ) {
    const page = await sessions.list(documentId, { through: next - 1, limit });
    found.push(...page.sessions);
    next = page.next;
  }
  return found;
}

export function writingSessionsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<WritingSessionsWorld>,
): void {
  const rule = rulesOf(test, `writing sessions, ${name}`, worldOf);

  rule('HIST1 a session says who wrote when and how much, and ends with a pause of ten minutes', async (t, world) => {
    const { document, person, sessions, write } = world;
    const [ann, ben] = [await person(), await person()];
    const id = await document(ann);
    await write(id, [
      { by: ann, at: NOON, bytes: 10 },
      { by: ben, at: NOON + MINUTE, bytes: 5 },
      { by: ann, at: NOON + MINUTE + PAUSE - 1, bytes: 7 },
      { by: ben, at: NOON + MINUTE + 2 * PAUSE - 1, bytes: 3 },
    ]);
    t.deepEqual(await sessions.list(id, { through: 4, limit: PER_PAGE }), {
      sessions: [
        {
          firstSeq: 4,
          lastSeq: 4,
          startedAt: iso(NOON + MINUTE + 2 * PAUSE - 1),
          endedAt: iso(NOON + MINUTE + 2 * PAUSE - 1),
          edits: 1,
          bytes: 3,
          authors: [{ handle: ben.handle, edits: 1, bytes: 3 }],
        },
        {
          firstSeq: 1,
          lastSeq: 3,
          startedAt: iso(NOON),
          endedAt: iso(NOON + MINUTE + PAUSE - 1),
          edits: 3,
          bytes: 22,
          authors: [
            { handle: ann.handle, edits: 2, bytes: 17 },
            { handle: ben.handle, edits: 1, bytes: 5 },
          ],
        },
      ],
    });
  });

  rule('HIST1 a draft that nobody wrote has no sessions', async (t, { document, person, sessions }) => {
    const id = await document(await person());
    t.deepEqual(await sessions.list(id, { through: 0, limit: PER_PAGE }), { sessions: [] });
    t.deepEqual(await sessions.list(randomUUID(), { through: 0, limit: PER_PAGE }), { sessions: [] });
  });

  rule('HIST1 every edit is in one session, whatever the size of the pages', async (t, world) => {
    const { document, person, sessions, write } = world;
    const people = [await person(), await person(), await person()];
    const id = await document(people[0]!);
    // Every seventh pause is long enough, so is every eleventh.
    const edits: Edit[] = [];
    for (let n = 0, at = NOON; n < 300; n += 1) {
      at += n % 7 === 0 || n % 11 === 0 ? PAUSE + n * SECOND : n * SECOND;
      edits.push({ by: people[n % 3]!, at, bytes: n });
    }
    await write(id, edits);
    const begins = (n: number) => n === 0 || edits[n]!.at - edits[n - 1]!.at >= PAUSE;
    const expected: number[][] = [];
    for (const [n] of edits.entries()) {
      if (begins(n)) expected.unshift([n + 1, n + 1]);
      else expected[0]![1] = n + 1;
    }
    for (const limit of [1, 3, PER_PAGE]) {
      const found = await readAll(sessions, id, edits.length, limit);
      t.deepEqual(ranges(found), expected, `${limit} a page`);
      t.is(
        found.reduce((sum, { bytes }) => sum + bytes, 0),
        edits.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      for (const { authors, firstSeq, lastSeq } of found) {
        const mine = edits.slice(firstSeq - 1, lastSeq);
        for (const { handle, edits: count } of authors) {
          t.is(mine.filter(({ by }) => by.handle === handle).length, count);
        }
      }
    }
    t.deepEqual(ranges((await sessions.list(id, { through: 300, limit: 3 })).sessions), expected.slice(0, 3));
  });

  rule('HIST2 writing without a pause is divided at the same positions wherever a page begins', async (t, world) => {
    const { document, person, sessions, write } = world;
    const ann = await person();
    const id = await document(ann);
    await write(id, steady(ann, 9_000));
    const list = async (through: number) => ranges((await sessions.list(id, { through, limit: PER_PAGE })).sessions);
    t.deepEqual(await list(9_000), [
      [8_192, 9_000],
      [4_096, 8_191],
      [1, 4_095],
    ]);
    t.deepEqual(await list(6_000), [
      [4_096, 6_000],
      [1, 4_095],
    ]);
    t.deepEqual(await list(4_096), [
      [4_096, 4_096],
      [1, 4_095],
    ]);
  });

  rule(
    'HIST2 of a long draft a page has a bounded number of edits, and all pages have all of them',
    async (t, world) => {
      const { document, person, sessions, write } = world;
      const ann = await person();
      const id = await document(ann);
      await write(id, steady(ann, 40_000));
      const page = await sessions.list(id, { through: 40_000, limit: PER_PAGE });
      t.true(page.sessions.reduce((sum, { edits }) => sum + edits, 0) <= 16_384);
      t.is(page.next, page.sessions.at(-1)?.firstSeq);
      const all = await readAll(sessions, id, 40_000, PER_PAGE);
      t.is(all.at(-1)?.firstSeq, 1);
      t.is(all[0]?.lastSeq, 40_000);
      for (const [index, { firstSeq }] of all.slice(0, -1).entries()) t.is(all[index + 1]?.lastSeq, firstSeq - 1);
    },
  );

  rule('HIST3 a moment says when it was and who wrote the edit that led to it', async (t, world) => {
    const { document, person, sessions, write } = world;
    const [ann, ben] = [await person(), await person()];
    const id = await document(ann);
    await write(id, [
      { by: ann, at: NOON, bytes: 1 },
      { by: ben, at: NOON + MINUTE, bytes: 1 },
    ]);
    t.deepEqual(await sessions.moments(id, [2, 0, 1, 2]), [
      { seq: 2, editedAt: iso(NOON + MINUTE), editedBy: ben.handle },
      { seq: 0 },
      { seq: 1, editedAt: iso(NOON), editedBy: ann.handle },
    ]);
  });
}
