/** What others see of a client's awareness: who it is, whatever editor it uses, and nothing that breaks their editors. */
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { stamp } from '../../../src/gateway/authors/stamp.ts';

const ann = { id: 'ann-id', handle: 'ann' };
const shown = (state: Record<string, unknown>): Record<string, unknown> =>
  stamp({ clientId: 1, clock: 1, state }, ann).state ?? {};

const doc = new Y.Doc();
doc.getText('body').insert(0, 'A text.');
const place = JSON.parse(JSON.stringify(Y.createRelativePositionFromTypeIndex(doc.getText('body'), 2)));

test('I4 the name that any editor shows is the account, and so is the user', (t) => {
  const user = { id: 'ann-id', handle: 'ann', name: 'ann' };
  t.deepEqual(shown({}), { user });
  t.deepEqual(shown({ user: { name: 'The Queen', id: 'x', title: 'HM' } }), { user });
  t.deepEqual(shown({ name: 'The Queen' }), { name: 'ann', user });
  t.deepEqual(shown({ name: { first: 'The', last: 'Queen' }, user: 'The Queen' }), { name: 'ann', user });
});

test('cursor positions of every stock editor are passed on unchanged', (t) => {
  const pair = { anchor: place, head: place };
  for (const state of [
    { cursor: pair },
    { cursor: null },
    { selection: pair },
    { selection: null },
    { anchorPos: place, focusPos: place, focusing: true, awarenessData: { at: 1 } },
    { anchorPos: null, focusPos: null, focusing: false },
  ]) {
    t.like(shown(state), state);
  }
});

test('other fields of an application are passed on, also under names that editors use', (t) => {
  t.like(shown({ cursor: { x: 3, y: 4 }, mood: 'fine', deep: { er: [1, 2] } }), {
    cursor: { x: 3, y: 4 },
    mood: 'fine',
    deep: { er: [1, 2] },
  });
  t.like(shown({ selection: { from: 1, to: 2 } }), { selection: { from: 1, to: 2 } });
});

test('I10 invalid colours are left out: editors put them into styles', (t) => {
  for (const color of ['#1b4d3e', '#abc', 'teal', 'rgb(1, 2, 3)', 'hsl(120deg 50% 50% / 0.5)']) {
    t.like(shown({ color, user: { color, colorLight: color } }), { color, user: { color, colorLight: color } });
  }
  for (const color of ['red;position:fixed', 'url(//evil.example/x)', '#12', 'expression(alert(1))', 'red"', 7]) {
    const state = shown({ color: typeof color === 'string' ? color : undefined, user: { color } });
    t.false('color' in state && state.color !== undefined);
    t.deepEqual(state.user, { id: 'ann-id', handle: 'ann', name: 'ann' });
  }
});

/** What editors do with a state of somebody else, as their sources do it. */
const EDITORS: Record<string, (state: Record<string, unknown>) => void> = {
  prosemirror({ cursor }) {
    if (cursor == null) return;
    const { anchor, head } = cursor as { anchor: unknown; head: unknown };
    for (const json of [anchor, head]) {
      Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc);
    }
  },
  monaco({ selection }) {
    const { anchor, head } = (selection ?? {}) as { anchor?: Y.RelativePosition; head?: Y.RelativePosition };
    if (anchor == null || head == null) return;
    for (const json of [anchor, head])
      Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc);
  },
  lexical({ anchorPos, focusPos }) {
    for (const json of [anchorPos, focusPos]) {
      if (json != null) Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc);
    }
  },
};

test('I10 no state of a client makes a stock editor of somebody else throw', (t) => {
  const id = fc.oneof(fc.record({ client: fc.nat(), clock: fc.nat() }), fc.jsonValue());
  const broken = fc.oneof(
    fc.jsonValue(),
    fc.record({ item: id, tname: fc.oneof(fc.string(), fc.constant(null)), type: id }, { requiredKeys: [] }),
  );
  const pair = fc.oneof(fc.jsonValue(), fc.record({ anchor: broken, head: broken }, { requiredKeys: [] }));
  const states = fc.record(
    { cursor: pair, selection: pair, anchorPos: broken, focusPos: broken, user: fc.jsonValue(), name: fc.jsonValue() },
    { requiredKeys: [] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(states, (state) => {
        const seen = JSON.parse(JSON.stringify(shown(state)));
        for (const editor of Object.values(EDITORS)) editor(seen);
        if (seen.user.name !== 'ann' || ('name' in seen && seen.name !== 'ann')) throw new Error('a forged name');
      }),
      { numRuns: 2_000 },
    ),
  );
});
