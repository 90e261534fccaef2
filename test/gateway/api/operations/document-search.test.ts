/** `GET /v1/documents?q=`: what it answers, and what it refuses. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import { DocumentList } from '../../../../schemas/http.ts';
import { type ApiHarness, startApi } from '../../../support/api.ts';
import { markedText } from '../../../support/searching.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase() }) };
});
test.after.always((t) => t.context.api?.close());

const listForm = Compile(DocumentList);
const search = (api: ApiHarness, token: string, query: Record<string, string>) =>
  api.call('GET', `/v1/documents?${new URLSearchParams(query)}`, { token });

test('SEARCH9 API1 results carry their title and a snippet in pieces, and other lists carry none', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  await api.document(token, 'Storm Ciarán <b>batters</b> the coast');
  const found = (await (await search(api, token, { q: 'ciaran batt' })).json()) as DocumentList;
  t.true(listForm.Check(found));
  t.is(markedText(found.documents[0]?.match?.title), 'Storm [Ciarán] <b>[batters]</b> the coast');
  t.deepEqual(found.documents[0]?.match?.snippet, []);
  t.is(found.next, undefined);
  const whole = (await (await search(api, token, {})).json()) as DocumentList;
  t.true(listForm.Check(whole));
  t.false('match' in (whole.documents[0] ?? {}));
});

test('SEARCH8 a search goes on where its last page ended, and its cursor continues no other list', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  for (const title of ['Lamp one', 'Lamp two', 'Lamp three']) {
    await api.document(token, title);
    api.clock.advance(1);
  }
  for (const q of ['lamp', 'lapm']) {
    const first = (await (await search(api, token, { q, limit: '2' })).json()) as DocumentList;
    t.deepEqual(
      first.documents.map(({ title }) => title),
      ['Lamp three', 'Lamp two'],
    );
    const after = String(first.next);
    const rest = (await (await search(api, token, { q, limit: '2', after })).json()) as DocumentList;
    t.deepEqual(
      rest.documents.map(({ title }) => title),
      ['Lamp one'],
    );
    t.is(rest.next, undefined);
    t.is((await search(api, token, { after })).status, 400);
  }
  const list = (await (await search(api, token, { limit: '2' })).json()) as DocumentList;
  const refused = await search(api, token, { q: 'lamp', after: String(list.next) });
  t.is(refused.status, 400);
  t.like(await refused.json(), { code: 'bad_request', detail: 'after: is the cursor of another list.' });
});

test('I10 what is too long is refused, and what has no words finds nothing', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  await api.document(token, 'Lamp');
  for (const q of ['', 'x'.repeat(201), 'lamp '.repeat(2_000)]) t.is((await search(api, token, { q })).status, 400);
  for (const q of [' ', '!', '"', '-', '🎉', "';--", '\u0000']) {
    const answer = await search(api, token, { q });
    t.is(answer.status, 200, JSON.stringify(q));
    t.deepEqual(await answer.json(), { documents: [] });
  }
});
