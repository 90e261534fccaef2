/** The home page on the fast path: recorded once for strangers, and never sent to who has a session, nor when it is out of date. */
import test from 'ava';
import { entityTag } from '../../../../src/gateway/http/conditional-requests.ts';
import { createPublishedFastPath, type Recordable } from '../../../../src/gateway/readers/pages/fast-path.ts';
import { createBytes } from '../../../../src/published/cached-bytes.ts';

const PEER = { address: '192.0.2.1', secure: false };

function world() {
  const bytes = createBytes('<h1>Field & Fen</h1>', () => undefined);
  const subject: Recordable = {
    tagged: (tag) => (tag === bytes.tag ? bytes : undefined),
    grow: () => undefined,
  };
  let shown: Recordable | undefined = subject;
  const counted: string[] = [];
  const pages = createPublishedFastPath({
    peek: () => undefined,
    peekHome: () => shown,
    countView: (documentId) => counted.push(documentId),
    admit: () => false,
    peerOf: (connection) => connection,
  });
  const etag = entityTag(bytes.tag);
  const answer = async () =>
    new Response(bytes.plain, {
      headers: { etag, 'cache-control': 'public, max-age=0, must-revalidate', vary: 'cookie' },
    });
  return {
    etag,
    counted,
    outdate() {
      shown = undefined;
    },
    record: (headers: Record<string, string> = {}, search = '') =>
      pages.record(
        new Request(`http://stet.example/${search}`, { headers: { host: 'stet.example', ...headers } }),
        PEER,
        answer,
      ),
    find: (headers: Record<string, string> = {}, path = '/') =>
      pages.find({
        path,
        header: (name) => ({ host: 'stet.example', ...headers })[name] ?? '',
        remoteAddress: () => PEER.address,
        secure: false,
      }),
  };
}

test('FAST1 HOME2 what strangers got is sent again, or 304 to who has it', async (t) => {
  const { record, find, etag, counted } = world();
  t.is(find(), undefined, 'nothing is recorded yet');
  await record();
  const found = find();
  t.is(found?.status, 200);
  t.is(new TextDecoder().decode(found?.body), '<h1>Field & Fen</h1>');
  t.true(found?.headers.some(([name, value]) => name === 'vary' && value === 'cookie'));
  t.is(find({ 'if-none-match': etag })?.status, 304);
  t.is(find({ cookie: 'theme=dark; stet=' })?.status, 200, 'no session');
  t.deepEqual(counted, [], 'it is no view of a document');
});

test('HOME2 I6 who has a session gets another page, and theirs is not recorded', async (t) => {
  const { record, find } = world();
  await record({ cookie: 'stet=token' });
  t.is(find(), undefined);
  await record();
  t.truthy(find());
  for (const cookie of ['stet=token', 'a=b; __Host-stet=token']) t.is(find({ cookie }), undefined, cookie);
});

test('FAST2 HOME2 nothing is sent that may be out of date, and no other page of the list', async (t) => {
  const { record, find, outdate } = world();
  await record({}, '?page=2');
  t.is(find(), undefined, 'another page');
  await record();
  t.truthy(find());
  t.is(find({}, '/d/cranes'), undefined);
  outdate();
  t.is(find(), undefined);
});
