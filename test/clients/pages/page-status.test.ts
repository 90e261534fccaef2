/** What the editor says of the text while there is no session, and once there is one again. */
import test from 'ava';
import { Subject } from '../../../src/clients/editor/observable.ts';
import type { Status } from '../../../src/clients/editor/status.ts';
import { createPageStatus, type PageStatus } from '../../../src/clients/pages/edit/page-status.ts';

const REFUSED: Status = { kind: 'refused', unsaved: 1, error: { code: 'update_too_large', message: 'Too large.' } };

test('STATE1 while the session is over, a lost connection and a refused document are shown as that', (t) => {
  const status = new Subject<Status>({ kind: 'saved', seq: 1, at: 0 });
  const page = createPageStatus(status);
  const seen: PageStatus[] = [];
  page.subscribe((value) => seen.push(value));
  status.set({ kind: 'offline', unsaved: 0 });
  page.setSignedOut(true);
  status.set({ kind: 'offline', unsaved: 2 });
  status.set({ kind: 'denied' });
  status.set({ kind: 'saving', unsaved: 2 });
  page.setSignedOut(false);
  status.set({ kind: 'saved', seq: 2, at: 0 });
  t.deepEqual(seen, [
    { kind: 'offline', unsaved: 0 },
    { kind: 'signed-out', unsaved: 0 },
    { kind: 'signed-out', unsaved: 2 },
    { kind: 'signed-out', unsaved: 0 },
    { kind: 'signed-out', unsaved: 2 },
    { kind: 'saving', unsaved: 2 },
    { kind: 'saved', seq: 2, at: 0 },
  ]);
});

test('I1 STATE1 what is acknowledged is saved, and what is refused is not, with a session or without', (t) => {
  for (const value of [{ kind: 'saved', seq: 1, at: 0 }, { kind: 'readonly' }, REFUSED] as const) {
    const page = createPageStatus(new Subject<Status>(value));
    page.setSignedOut(true);
    t.is(page.get(), value);
  }
});
