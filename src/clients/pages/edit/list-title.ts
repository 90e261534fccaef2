/**
 * Keeps the document's title in the list the same as the draft's. The draft's is the truth; the list's follows a moment
 * after typing stops, and on every (re)connection, so a crash or a lost answer leaves it wrong until the next visit at
 * most. Knows nothing of the DOM.
 */
import type { Api } from '../common/api.ts';

/** Milliseconds without a change after which the list is told. */
const DEBOUNCE_MS = 800;
/** Milliseconds before a failed call is tried again. */
const RETRY_MS = 5_000;
/** What the list calls a document without a title. */
export const UNTITLED = 'Untitled';

export interface ListTitle {
  /** The draft's title, after a change or on connection; told to the list if it is news there. */
  follow(title: string): void;
  /** Tells the list now what is still waiting; for when the page goes away. */
  flush(): void;
  close(): void;
}

/** @param listed the title that the list shows at present */
export function createListTitle(api: Pick<Api, 'renameDocument'>, documentId: string, listed: string): ListTitle {
  let shown = listed;
  let wanted = listed;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let closed = false;

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void send(), ms);
  }

  async function send(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (sending || wanted === shown) return;
    sending = true;
    const title = wanted;
    const answer = await api.renameDocument(documentId, title);
    sending = false;
    if (answer.ok) shown = title;
    if (closed) return;
    const { status = 0 } = answer.ok ? {} : answer.problem;
    // A refusal stays one until the title or the access changes; only what may pass is tried again.
    if (!answer.ok && (status === 0 || status === 429 || status >= 500)) later(RETRY_MS);
    else if (answer.ok && wanted !== shown) later(DEBOUNCE_MS);
  }

  return {
    follow(title) {
      wanted = title.trim() === '' ? UNTITLED : title.trim();
      if (wanted !== shown) later(DEBOUNCE_MS);
    },
    flush: () => void send(),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
