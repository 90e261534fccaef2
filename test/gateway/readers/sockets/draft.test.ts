// A live draft without sockets, its owner simulated by the test: how often it is sent, and when it is sent whole.
import test from 'ava';
import type { Live } from '../../../../schemas/viewer.ts';
import type { DocumentRouter } from '../../../../src/actors/document/router.ts';
import { createLocalCluster } from '../../../../src/cluster/local.ts';
import type { DraftContent } from '../../../../src/content/model/types.ts';
import { LiveDraft } from '../../../../src/gateway/readers/sockets/live-draft.ts';
import { DRAFT_PACE_MS } from '../../../../src/gateway/readers/sockets/viewer-channels.ts';
import { silentLog } from '../../../support/silent-log.ts';

type Sent = Omit<Live, 'slug'>;

const contentOf = (text: string): DraftContent => ({
  title: 'Cranes',
  summary: '',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
});

function draftOf(read: () => Promise<{ seq: number; content: DraftContent }>) {
  const sent: (Sent & { at: number })[] = [];
  let wake = () => {};
  const router = {
    open: async () => ({ answer: { ok: true, epoch: 1, seq: 1, stateVector: new Uint8Array([0]) }, owner: 'one' }),
    read: async () => ({ ok: true, ...(await read()) }),
    leave: () => undefined,
  } as unknown as DocumentRouter;
  const followed = new LiveDraft('a document', {
    cluster: createLocalCluster({ nodeId: 'one', log: silentLog }),
    router,
    random: Math.random,
    log: silentLog,
    paceMs: DRAFT_PACE_MS,
    closed: () => undefined,
  });
  const draft = followed.add({
    untitled: () => '',
    changed(change) {
      sent.push({ ...change, at: performance.now() });
      wake();
    },
    failed: () => undefined,
  });
  return {
    followed,
    draft,
    sent,
    async until(count: number): Promise<void> {
      while (sent.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

test('I9 a draft is sent at most four times in any second, however long its reads take', async (t) => {
  let seq = 0;
  const { followed, draft, sent, until } = draftOf(async () => {
    seq += 1;
    // The first is slow: what is sent late must not be followed too soon.
    if (seq === 1) await new Promise((resolve) => setTimeout(resolve, 150));
    followed.edits();
    return { seq, content: contentOf(`word ${seq}`) };
  });
  await until(6);
  draft.close();
  for (const [index, { at }] of sent.entries()) {
    const fifth = sent[index + 4];
    if (fifth) t.true(fifth.at - at >= 1_000, `five times in ${fifth.at - at} ms`);
  }
});

test('I7 a draft that is restarted is sent whole, changed or not', async (t) => {
  const { draft, sent, until } = draftOf(async () => ({ seq: 1, content: contentOf('words') }));
  await until(1);
  draft.restart();
  await until(2);
  draft.close();
  const whole = { seq: 1, base: null, title: 'Cranes', splices: [{ at: 0, remove: 0, blocks: ['<p>words</p>'] }] };
  t.like(sent[0], whole);
  t.like(sent[1], whole);
});
