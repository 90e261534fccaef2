/** What the fast path keeps of a published document: for whom, how much, and whose bytes. No server is needed for these. */
import test from 'ava';
import { entityTag } from '../../../../src/gateway/http/conditional-requests.ts';
import { chooseCoding } from '../../../../src/gateway/http/content-coding.ts';
import { createPublishedFastPath } from '../../../../src/gateway/readers/pages/fast-path.ts';
import { createEntry } from '../../../../src/published/entry.ts';

const AT = '2026-05-01T00:00:00.000Z';
const DOCUMENT = {
  documentId: '00000000-0000-4000-8000-000000000000',
  slug: 'cranes',
  revision: 1,
  title: 'Cranes',
  summary: '',
  author: 'ana',
  publishedAt: AT,
  firstPublishedAt: AT,
  updatedAt: AT,
  live: false,
  seq: null,
  coverage: null,
  language: 'en',
};
const PEER = { address: '192.0.2.1', secure: false };
const HTML = `<p>${'They come in April. '.repeat(100)}</p>`;
/** Bytes of an answer's headers, generously. */
const HEADERS = 1_000;

function world() {
  let retained = 0;
  const entry = createEntry(DOCUMENT, { body: { type: 'doc', content: [] }, html: HTML }, (bytes) => {
    retained += bytes;
  });
  const pages = createPublishedFastPath({
    peek: (slug) => (slug === DOCUMENT.slug ? entry : undefined),
    peekHome: () => undefined,
    countView: () => undefined,
    admit: () => true,
    peerOf: (connection) => connection,
  });

  /** As the handlers answer: JSON is the same for every host, a page is not. */
  async function handler(request: Request): Promise<Response> {
    const isPage = new URL(request.url).pathname.startsWith('/d/');
    const bytes = isPage
      ? entry.cached(`page ${request.headers.get('host')}`, ({ html }) => html + request.headers.get('host'))
      : entry.json;
    const coding = chooseCoding(request.headers.get('accept-encoding'), ['br', 'gzip']);
    const headers = {
      etag: entityTag(bytes.tag, coding),
      'cache-control': 'public, max-age=1',
      ...(coding !== undefined && { 'content-encoding': coding }),
    };
    return new Response(coding === undefined ? bytes.plain : await bytes.encoded(coding), { headers });
  }

  return {
    entry,
    retained: () => retained,
    /** The full path. */
    record(path: string, host: string, accepts: string): Promise<Response> {
      const request = new Request(`http://stet.test${path}`, { headers: { host, 'accept-encoding': accepts } });
      return pages.record(request, PEER, () => handler(request));
    },
    /** The fast path, if it has an answer. */
    ask(path: string, host: string, accepts: string) {
      const headers: Record<string, string> = { host, 'accept-encoding': accepts };
      const header = (name: string) => headers[name] ?? '';
      return pages.find({ path, header, remoteAddress: () => PEER.address, secure: false });
    },
  };
}

for (const path of ['/d/cranes', '/v1/public/cranes']) {
  test(`I9 responses that are used again stay, whatever other headers clients send (${path})`, async (t) => {
    const { record, ask } = world();
    await record(path, 'stet.example', 'gzip, br');
    for (let round = 0; round < 100; round += 1) {
      t.truthy(ask(path, 'stet.example', 'gzip, br'), `${round}`);
      await record(path, `odd-${round}.example`, `br;q=0.${round + 1}`);
    }
    t.truthy(ask(path, 'odd-99.example', 'br'), 'the newest is known');
    t.is(ask(path, 'odd-50.example', 'br'), undefined, 'what was asked for once has made room');
  });

  test(`all who get the same coding get the same response, however their header puts it (${path})`, async (t) => {
    const { record, ask } = world();
    await record(path, 'stet.example', 'br');
    const first = ask(path, 'stet.example', 'br');
    t.truthy(first);
    for (const accepts of ['gzip, deflate, br, zstd', 'BR', '*', `${'x,'.repeat(500)}br`]) {
      t.is(ask(path, 'stet.example', accepts), first, accepts);
    }
    for (const accepts of ['gzip', '', 'br;q=0', 'identity']) t.is(ask(path, 'stet.example', accepts), undefined);
    t.is(ask(path, 'other.example', 'br'), undefined);
  });
}

test('I9 recorded responses count as bytes of the entry, and no more once they made room', async (t) => {
  const { entry, record, ask, retained } = world();
  await record('/v1/public/cranes', 'stet.example', 'identity');
  const json = entry.json.plain;
  t.is(ask('/v1/public/cranes', 'stet.example', '')?.body, json.buffer, 'not a copy');
  t.true(retained() > 2 * json.length && retained() < 2 * json.length + HEADERS);
  for (let round = 0; round < 1_000; round += 1) await record('/d/cranes', `odd-${round}.example`, 'identity');
  t.true(retained() < 2 * 16 * (HTML.length + HEADERS) + json.length);
});

test('of many requests at once one response is recorded', async (t) => {
  const { record, retained, entry } = world();
  await Promise.all(Array.from({ length: 50 }, () => record('/v1/public/cranes', 'stet.example', 'identity')));
  t.true(retained() < 2 * entry.json.plain.length + HEADERS);
});
