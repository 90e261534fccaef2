// The drafts that a node follows for its channels, their owner simulated by the test: how many there are, and when they end.
import test from 'ava';
import { failure } from '../../../../schemas/errors.ts';
import type { DocumentRouter } from '../../../../src/actors/document/router.ts';
import { createLocalCluster } from '../../../../src/cluster/local.ts';
import type { DraftContent } from '../../../../src/content/model/types.ts';
import { createLiveDrafts } from '../../../../src/gateway/readers/sockets/live-drafts.ts';
import type { DraftMessage, DraftRequest, OpenDraftOf } from '../../../../src/published/draft-display.ts';
import { createEntry } from '../../../../src/published/entry.ts';
import { createPublicChannels, type EncodedRevision, wholeDraft } from '../../../../src/published/public-channels.ts';
import type { PublicationChannel } from '../../../../src/published/publication-channel.ts';
import { NO_CHANGES } from '../../../support/changes.ts';
import { until } from '../../../support/helpers.ts';
import { EMPTY_BODY, pageOf } from '../../../support/made-up-page.ts';
import { silentLog } from '../../../support/silent-log.ts';

const ID = '00000000-0000-4000-8000-000000000000';

const contentOf = (text: string): DraftContent => ({
  title: 'Cranes',
  summary: '',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
});

/** Every document has one draft, which the test writes; `participants` are the subscriptions of this node at its owner. */
function nodeOf(limits: { maxDrafts: number; maxDraftsOfOwner: number } = { maxDrafts: 10, maxDraftsOfOwner: 10 }) {
  const participants = new Set<string>();
  let state = { seq: 1, content: contentOf('one') };
  let reads = 0;
  let refused = false;
  let answered: Promise<void> | undefined;
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const router = {
    async open(_documentId: string, { participant }: { participant: { connection: string } }) {
      participants.add(participant.connection);
      return { answer: { ok: true, epoch: 1, seq: 1, stateVector: new Uint8Array([0]) }, owner: 'one' };
    },
    async read() {
      reads += 1;
      const read = refused ? failure('not_found') : { ok: true, ...state };
      await answered;
      return read;
    },
    leave: (_documentId: string, _owner: string, { connection }: { connection: string }) =>
      participants.delete(connection),
  } as unknown as DocumentRouter;
  const drafts = createLiveDrafts({ cluster, router, random: Math.random, log: silentLog, ...limits });
  return {
    cluster,
    drafts,
    participants: () => participants.size,
    reads: () => reads,
    write(text: string): void {
      const seq = state.seq + 1;
      state = { seq, content: contentOf(text) };
      drafts.edits({ doc: ID, epoch: 1, from: seq, seq, update: new Uint8Array() }, undefined);
    },
    /** Reads find nothing from now on. */
    refuse(nothing: boolean): void {
      refused = nothing;
    },
    /** Reads are answered, with what was there when they began, once the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      answered = promise;
      return () => {
        answered = undefined;
        resolve();
      };
    },
  };
}

/** One live document, which is found under every name. */
function channelsOf({ cluster, drafts }: ReturnType<typeof nodeOf>) {
  const { document } = pageOf(ID, 1);
  const entry = createEntry({ ...document, live: true }, { body: EMPTY_BODY, html: '' }, () => undefined);
  const channels = createPublicChannels({
    publicPages: {
      page: async () => entry,
      states: async () => new Map(),
      invalidate: () => undefined,
      revisionsAfter: async () => [],
    },
    cluster,
    log: silentLog,
    maxChannels: 10,
    changes: NO_CHANGES,
    openDraft: drafts.opener(0),
  });
  return {
    async follow(slug: string) {
      const sent: DraftMessage[] = [];
      const joined: PublicationChannel<EncodedRevision>[] = [];
      const position = { revision: 1, documentId: ID };
      await channels.subscribe({ slug, position, userId: undefined }, (channel) => {
        channel.subscribe({ userId: undefined, closed: () => undefined });
        channel.draftListeners.add((message) => sent.push(message));
        joined.push(channel);
      });
      const [channel] = joined;
      if (!channel) throw new Error('there is no channel');
      await until(() => sent.length === 1);
      return { sent, channel };
    },
  };
}

test('I9 a live document is followed once, under however many of its names it is read', async (t) => {
  const node = nodeOf();
  const { follow } = channelsOf(node);
  const names = ['cranes', 'cranes-at-dawn', 'birds'];
  const [first, second, third] = [await follow('cranes'), await follow('cranes-at-dawn'), await follow('birds')];
  t.is(node.participants(), 1);
  const all = { seq: 1, base: null, title: 'Cranes', splices: [{ at: 0, remove: 0, blocks: ['<p>one</p>'] }] };
  for (const [index, { sent, channel }] of [first, second, third].entries()) {
    t.like(sent[0], ['live', { slug: names[index], ...all }]);
    const whole = JSON.parse(wholeDraft(channel)?.json ?? '{}');
    t.like(whole, { type: 'live', document: names[index], ...all }, 'each name gets messages of its own');
  }
  const before = node.reads();
  node.write('two');
  await until(() => third.sent.length === 2);
  t.is(node.reads(), before + 1, 'one read for all of them');
  for (const { sent } of [first, second, third]) {
    t.is(sent.length, 2, 'what another name shows later is sent to this one once');
    t.like(sent[1], ['live', { seq: 2, base: 1 }]);
  }

  first.channel.close(undefined);
  node.write('three');
  await until(() => third.sent.length === 3);
  t.is(node.participants(), 1, 'the others still show it');
  t.is(first.sent.length, 2);
  for (const { sent } of [second, third]) t.like(sent[2], ['live', { seq: 3, base: 2 }]);
  second.channel.close(undefined);
  t.is(node.participants(), 1);
  third.channel.close(undefined);
  t.is(node.participants(), 0);
});

/** What a channel of a door gets of a draft. */
function shown(open: OpenDraftOf, request: Partial<DraftRequest> = {}) {
  const texts: string[] = [];
  let failures = 0;
  const draft = open(
    { documentId: ID, owner: 'ann', isPrivate: false, ...request },
    {
      untitled: () => '',
      changed: ({ base, splices }) => texts.push(`${base} ${splices.flatMap(({ blocks }) => blocks).join()}`),
      failed: () => {
        failures += 1;
      },
    },
  );
  return { draft, texts, failures: () => failures };
}

test('I6 a channel of a draft that others show gets what is read after it came, or was restarted', async (t) => {
  const node = nodeOf();
  const open = node.drafts.opener(0);
  const early = shown(open);
  await until(() => early.texts.length === 1);
  const answer = node.hold();
  node.write('a secret');
  await until(() => node.reads() === 2);
  const late = shown(open);
  early.draft?.restart();
  t.deepEqual([early.draft?.text, late.draft?.text], [undefined, undefined]);
  node.write('no secret');
  answer();
  await until(() => early.texts.length === 2);
  t.deepEqual(late.texts, ['null <p>no secret</p>']);
  t.deepEqual(early.texts, ['null <p>one</p>', 'null <p>no secret</p>']);
  t.is(late.draft?.text, early.draft?.text, 'one text for all of them');
});

test('I6 I9 a document is followed for each door, in public and in private, and no more often', async (t) => {
  const node = nodeOf();
  const channels = [node.drafts.opener(0), node.drafts.opener(0)].flatMap((open) =>
    [false, true, false, true].map((isPrivate) => shown(open, { isPrivate })),
  );
  await until(() => channels.every(({ texts }) => texts.length === 1));
  t.is(node.participants(), 4);
});

test('I9 the documents of one owner use no more than their share of the drafts', async (t) => {
  const node = nodeOf({ maxDrafts: 3, maxDraftsOfOwner: 2 });
  const open = node.drafts.opener(0);
  const [first, , third] = ['one', 'two', 'three'].map((documentId) => shown(open, { documentId }).draft);
  t.truthy(first);
  t.is(third, undefined);
  t.truthy(shown(open, { documentId: 'one' }).draft, 'what is followed already takes nothing');
  const other = shown(open, { documentId: 'four', owner: 'bob' });
  t.truthy(other.draft);
  t.is(shown(open, { documentId: 'five', owner: 'carol' }).draft, undefined, 'nor do all together use more');
  other.draft?.close();
  other.draft?.close();
  t.is(shown(open, { documentId: 'three' }).draft, undefined);
  t.truthy(shown(open, { documentId: 'five', owner: 'carol' }).draft);
});

test('I7 a draft that cannot be followed ends for all its channels, and is opened anew for the next', async (t) => {
  const node = nodeOf();
  const open = node.drafts.opener(0);
  const channels = [shown(open), shown(open)];
  await until(() => channels.every(({ texts }) => texts.length === 1));
  node.refuse(true);
  node.write('two');
  await until(() => node.participants() === 0);
  t.deepEqual(
    channels.map(({ failures }) => failures()),
    [1, 1],
  );
  node.refuse(false);
  const next = shown(open);
  for (const { draft } of channels) draft?.close();
  await until(() => next.texts.length === 1);
  t.is(node.participants(), 1);
  t.deepEqual(next.texts, ['null <p>two</p>']);
});
