/** What a page writes down when it goes away is there for the next one, and until the server has it. */
import test from 'ava';
import * as Y from 'yjs';
import { Subject } from '../../../src/clients/editor/observable.ts';
import { renameClient } from '../../../src/clients/editor/rename-client.ts';
import type { Status } from '../../../src/clients/editor/status.ts';
import { type BackupStore, createUnsentBackup } from '../../../src/clients/pages/edit/unsent-backup.ts';

const KEY = 'user:document';
const saved: Status = { kind: 'saved', seq: 1, at: 1 };

function memory(): BackupStore & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    keys: () => [...map.keys()],
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
  };
}

function page(store: BackupStore, key = KEY) {
  const ydoc = new Y.Doc();
  const status = new Subject<Status>({ kind: 'saving', unsaved: 0 });
  const renamed = new Subject(0);
  const words = createUnsentBackup({ ydoc, status, renamed }, key, store);
  return { ydoc, status, renamed, words, text: ydoc.getText('body') };
}

test('I1 what was not acknowledged comes back in the next page, and is kept until it is', (t) => {
  const store = memory();
  const first = page(store);
  first.text.insert(0, 'The last words.');
  first.words.save();

  const second = page(store);
  t.is(second.text.toString(), 'The last words.');
  t.is(store.map.size, 1, 'the server does not have it yet');
  second.words.save();
  second.status.set(saved);
  t.is(store.map.size, 0);
  t.is(page(store).text.toString(), '');
});

test('what was acknowledged is not written down', (t) => {
  const store = memory();
  const { text, status, words } = page(store);
  text.insert(0, 'Saved.');
  status.set(saved);
  words.save();
  t.is(store.map.size, 0);
});

test('what others wrote is not written down', (t) => {
  const store = memory();
  const other = new Y.Doc();
  other.getText('body').insert(0, 'From elsewhere.');
  const { ydoc, words } = page(store);
  Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(other), 'network');
  words.save();
  t.is(store.map.size, 0);
});

test('I1 words whose beginning is missing here wait for it, whatever was saved meanwhile', (t) => {
  const store = memory();
  const first = page(store);
  first.text.insert(0, 'Beginning');
  const beginning = Y.encodeStateAsUpdate(first.ydoc);
  first.status.set(saved);
  first.text.insert(9, ' and end.');
  first.words.save();

  const second = page(store);
  second.status.set(saved);
  t.is(store.map.size, 1);
  Y.applyUpdate(second.ydoc, beginning, 'device');
  t.is(second.text.toString(), 'Beginning and end.');
  second.status.set({ kind: 'saving', unsaved: 1 });
  second.status.set({ ...saved, seq: 2 });
  t.is(store.map.size, 0);
});

test('two windows on one text do not write over each other', (t) => {
  const store = memory();
  const [left, right] = [page(store), page(store)];
  left.text.insert(0, 'left');
  right.text.insert(0, 'right');
  left.words.save();
  right.words.save();
  const next = page(store);
  t.true(next.text.toString().includes('left') && next.text.toString().includes('right'));
});

/** A window that writes on after a second one has read what it had written down. */
function twoWindows(store: ReturnType<typeof memory>) {
  const first = page(store);
  first.text.insert(0, 'Read.');
  first.words.save();
  const second = page(store);
  first.text.insert(5, ' Not read.');
  first.words.save();
  return { first, second };
}

test('I1 what a window has written down since another one read it is not dropped with what was read', (t) => {
  const store = memory();
  const { first, second } = twoWindows(store);
  second.status.set(saved);
  t.is(page(store).text.toString(), 'Read. Not read.');
  // The window itself drops it once the server has it.
  first.status.set(saved);
  t.is(store.map.size, 0);
});

test('I4 what another window has written down since is left to that window, whatever is renamed here', (t) => {
  const store = memory();
  const { first, second } = twoWindows(store);
  const former = first.ydoc.clientID;
  for (const { ydoc, renamed } of [second, first]) {
    renameClient(ydoc, former, 7);
    renamed.set(1);
  }
  const third = page(store);
  t.is(third.text.toString(), 'Read. Not read.');
  t.deepEqual([...third.ydoc.store.clients.keys()], [7]);
});

test("I4 one user's words are not another's", (t) => {
  const store = memory();
  const first = page(store, 'ana:document');
  first.text.insert(0, 'Ana wrote this.');
  first.words.save();
  t.is(page(store, 'ben:document').text.toString(), '');
});

test('many updates are kept as one', (t) => {
  const store = memory();
  const { text, words } = page(store);
  for (let at = 0; at < 1_000; at += 1) text.insert(at, 'x');
  words.save();
  t.is(page(store).text.toString().length, 1_000);
});

test('what is not legible is dropped, and a full store stops nobody', (t) => {
  const store = memory();
  store.map.set(`${KEY}:1`, '*not base64*');
  const { text, words } = page({
    ...store,
    set: () => {
      throw new Error('full');
    },
  });
  t.is(store.map.size, 0);
  text.insert(0, 'x');
  t.notThrows(() => words.save());
});

test('I4 what was renamed is not brought back under its former client id', (t) => {
  const store = memory();
  const first = page(store);
  first.text.insert(0, 'Kept.');
  first.words.save();
  const second = page(store);
  second.text.insert(0, 'More. ');
  renameClient(second.ydoc, first.ydoc.clientID, 7);
  renameClient(second.ydoc, second.ydoc.clientID, 8);
  second.renamed.set(1);
  const third = page(store);
  t.is(third.text.toString(), 'More. Kept.');
  t.deepEqual([...third.ydoc.store.clients.keys()].sort(), [7, 8]);
});
