/**
 * The status of the document as the page shows it: once the session is over, that is what is said instead of what follows from it,
 * a lost connection and a refused document. What the server refuses for good, or has acknowledged, stays as it is.
 */
import { type Observable, Subject } from '../../editor/observable.ts';
import type { Status } from '../../editor/status.ts';

export type PageStatus =
  | Status
  /** Nothing is sent before the author signs in again; `unsaved` updates wait here. */
  | { readonly kind: 'signed-out'; readonly unsaved: number };

const same = (a: PageStatus, b: PageStatus): boolean => JSON.stringify(a) === JSON.stringify(b);

function shown(status: Status, isSignedOut: boolean): PageStatus {
  if (!isSignedOut) return status;
  switch (status.kind) {
    case 'offline':
    case 'saving':
      return { kind: 'signed-out', unsaved: status.unsaved };
    case 'denied':
      return { kind: 'signed-out', unsaved: 0 };
    default:
      return status;
  }
}

export interface PageStatusSource extends Observable<PageStatus> {
  setSignedOut(isSignedOut: boolean): void;
}

export function createPageStatus(status: Observable<Status>): PageStatusSource {
  let isOver = false;
  const value = new Subject<PageStatus>(status.get(), same);
  const draw = () => value.set(shown(status.get(), isOver));
  status.subscribe(draw);
  return {
    get: () => value.get(),
    subscribe: (listener) => value.subscribe(listener),
    setSignedOut(isSignedOut) {
      isOver = isSignedOut;
      draw();
    },
  };
}
