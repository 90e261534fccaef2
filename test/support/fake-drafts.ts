/** Drafts of live documents that a test writes, for channels that would follow them at their owners. */
import type { LiveText } from '../../schemas/viewer.ts';
import { splicesBetween } from '../../src/gateway/readers/sockets/splices.ts';
import type { DraftEvents, OpenDraftOf } from '../../src/published/draft-display.ts';

interface Followed {
  readonly events: DraftEvents;
  text: LiveText | undefined;
}

export function fakeDrafts() {
  const followed = new Map<string, Set<Followed>>();
  const written = new Map<string, LiveText>();

  function show(one: Followed, text: LiveText): void {
    const before = one.text;
    one.text = text;
    one.events.changed({
      seq: text.seq,
      base: before?.seq ?? null,
      title: text.title,
      summary: text.summary,
      splices: splicesBetween(before?.blocks ?? [], text.blocks),
    });
  }

  const open: OpenDraftOf = ({ documentId }, events) => {
    const one: Followed = { events, text: written.get(documentId) };
    const all = followed.get(documentId) ?? new Set();
    followed.set(documentId, all.add(one));
    return {
      get text() {
        return one.text;
      },
      restart() {
        one.text = undefined;
        const text = written.get(documentId);
        if (text) show(one, text);
      },
      close: () => all.delete(one),
    };
  };

  return {
    open,
    /** How many follow the draft now. */
    followers: (documentId: string): number => followed.get(documentId)?.size ?? 0,
    write(documentId: string, ...words: readonly string[]): number {
      const seq = (written.get(documentId)?.seq ?? 0) + 1;
      const text = { seq, title: 'A live title', summary: '', blocks: words.map((word) => `<p>${word}</p>`) };
      written.set(documentId, text);
      for (const one of followed.get(documentId) ?? []) show(one, text);
      return seq;
    },
  };
}
