/** Pictures of documents over HTTP: of public documents alone, drawn once, and no more at a time than there is room for. */
import test, { type ExecutionContext } from 'ava';
import { type Cards, cardPath, createCards } from '../../../../src/gateway/readers/cards/cards.ts';
import type { PublicDocument } from '../../../../src/ports/public-reads.ts';
import { createEntry } from '../../../../src/published/entry.ts';
import { createWorld } from '../../../support/node.ts';
import { request } from '../../../support/raw-request.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { Article } from '../../../support/viewer.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const DOCUMENT: PublicDocument = {
  documentId: ID,
  slug: 'cranes',
  revision: 3,
  title: 'Cranes',
  summary: '',
  author: 'ann',
  publishedAt: '2026-01-01T00:00:00.000Z',
  firstPublishedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  live: false,
  seq: null,
  coverage: null,
  language: 'en',
};
const AWAY = new Error('away');

function cardsOf(shown: () => PublicDocument | Error | undefined, maxBytes = 1_000) {
  const drawn: string[] = [];
  let isFull = false;
  const cards = createCards({
    pages: {
      async byId(documentId) {
        const document = shown();
        if (document instanceof Error) throw document;
        if (document?.documentId !== documentId) return undefined;
        return createEntry(document, { body: { type: 'doc', content: [] }, html: '' }, () => undefined);
      },
    },
    pool: {
      async run(owner, prepare) {
        if (isFull) return { ok: false, reason: 'full' };
        const { task } = (await prepare()) as { task: { title: string } };
        drawn.push(`${owner} ${task.title}`);
        return { ok: true, result: new Uint8Array(100).fill(task.title.length) };
      },
    },
    fontFiles: [],
    site: { name: 'Fen' },
    isUnavailable: (error) => error === AWAY,
    log: silentLog,
    maxBytes,
  });
  return { cards, drawn, fill: () => (isFull = true) };
}

const ask = (cards: Cards, path: string, init: RequestInit = {}) =>
  cards.fetch(new Request(`http://stet.example${path}`, init), { address: '192.0.2.1', secure: false });

test('a card is drawn once, and is not sent again to who has it', async (t) => {
  const { cards, drawn } = cardsOf(() => DOCUMENT);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(cards, `/cards/${ID}/3.png`)));
  const [first] = answers;
  t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  t.is(first?.headers.get('content-type'), 'image/png');
  t.is(first?.headers.get('cache-control'), 'public, max-age=300');
  t.is(first?.headers.get('content-encoding'), null);
  t.is((await first?.bytes())?.length, 100);
  const etag = first?.headers.get('etag') ?? '';
  t.is((await ask(cards, `/cards/${ID}/3.png`, { headers: { 'if-none-match': etag } })).status, 304);
  t.deepEqual(drawn, ['192.0.2.1 Cranes']);
});

test('the card of an earlier revision leads to the current one, that of a later one to nothing', async (t) => {
  const { cards } = cardsOf(() => DOCUMENT);
  const earlier = await ask(cards, `/cards/${ID}/2.png`);
  t.is(earlier.status, 302);
  t.is(earlier.headers.get('location'), `/cards/${ID}/3.png`);
  t.is((await ask(cards, `/cards/${ID}/4.png`)).status, 404);
});

test('the card of a live document has another address for each state of the draft', async (t) => {
  const live = { ...DOCUMENT, live: true, seq: 41 };
  const { cards } = cardsOf(() => live);
  t.is(cardPath(live), `/cards/${ID}/3-41.png`);
  t.is(cardPath(DOCUMENT), `/cards/${ID}/3.png`);
  for (const state of ['3-41', '3-40', '3']) t.is((await ask(cards, `/cards/${ID}/${state}.png`)).status, 200, state);
  t.is((await ask(cards, `/cards/${ID}/2-7.png`)).headers.get('location'), `/cards/${ID}/3-41.png`);
  t.is((await ask(cards, `/cards/${ID}/3-.png`)).status, 404);
});

test('I6 a document that is not public has no card, whatever was drawn before', async (t) => {
  let shown: PublicDocument | undefined = DOCUMENT;
  const { cards } = cardsOf(() => shown);
  const { headers } = await ask(cards, `/cards/${ID}/3.png`);
  shown = undefined;
  const answers = [];
  for (const path of [`/cards/${ID}/3.png`, `/cards/${ID}/1.png`, '/cards/x/1.png', '/cards/', `/cards/${ID}/3.jpg`]) {
    const answer = await ask(cards, path, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    answers.push(JSON.stringify([answer.status, [...answer.headers], await answer.text()]));
  }
  t.is(new Set(answers).size, 1);
  t.true(answers[0]?.startsWith('[404,'));
});

test('I9 when there is no room to draw the client is asked to come again, and kept cards are bounded', async (t) => {
  let title = 'a';
  const { cards, drawn, fill } = cardsOf(() => ({ ...DOCUMENT, title }), 250);
  for (title of ['a', 'bb', 'ccc', 'a']) t.is((await ask(cards, `/cards/${ID}/3.png`)).status, 200);
  t.is(drawn.length, 4, 'the first had to go for the third');
  fill();
  t.is((await ask(cards, `/cards/${ID}/3.png`)).status, 200);
  title = 'dddd';
  const busy = await ask(cards, `/cards/${ID}/3.png`);
  t.is(busy.status, 503);
  t.is(busy.headers.get('retry-after'), '5');
});

test('a card is only read, and a fault reveals nothing', async (t) => {
  t.is((await ask(cardsOf(() => DOCUMENT).cards, `/cards/${ID}/3.png`, { method: 'POST' })).status, 405);
  t.is((await ask(cardsOf(() => AWAY).cards, `/cards/${ID}/3.png`)).status, 503);
  const broken = await ask(cardsOf(() => new Error('secret')).cards, `/cards/${ID}/3.png`);
  t.is(broken.status, 500);
  t.false((await broken.text()).includes('secret'));
});

test.serial(
  'I6 a node draws the card of a public document, and none once it is private',
  async (t: ExecutionContext) => {
    t.timeout(60_000);
    const world = await createWorld(t);
    const node = await world.node();
    const ann = await world.author('ann');
    const article = await Article.make(node, ann);
    await article.publish('text');
    const ask = () => request(new URL(`/cards/${article.id}/1.png`, node.url));
    let answer = await ask();
    while (answer.status !== 200) answer = await ask();
    t.is(answer.body.subarray(1, 4).toString(), 'PNG');
    await article.change({ visibility: 'private' });
    while ((await ask()).status === 200);
    t.is((await ask()).status, 404);
  },
);
