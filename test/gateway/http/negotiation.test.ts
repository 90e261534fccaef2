/** Which format a client means, and which version it has: RFC 9110, sections 12.5.1 and 13. */
import test from 'ava';
import { DRAFT_FORMATS, formatOf, negotiate, READING_FORMATS } from '../../../src/gateway/api/content/draft-formats.ts';
import { isFresh, wantedSeq } from '../../../src/gateway/http/conditional.ts';

test('the best accepted format is taken, JSON where nothing is said', (t) => {
  const cases: [string | null, string | undefined][] = [
    [null, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['text/html', 'html'],
    ['TEXT/HTML;charset=utf-8', 'html'],
    ['text/markdown, text/html;q=0.9', 'markdown'],
    ['text/html;q=0.2, text/plain;q=0.8', 'text'],
    ['text/*', 'html'],
    ['text/*, text/html;q=0', 'markdown'],
    ['application/octet-stream', 'yjs'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['image/png, */*;q=0.1', 'json'],
    ['application/json;q=0, */*', 'html'],
    ['image/png', undefined],
    ['*/*;q=0', undefined],
    ['application/json;q=0', undefined],
    [',,;', undefined],
  ];
  for (const [accept, format] of cases) t.is(negotiate(accept, DRAFT_FORMATS), format as 'json', String(accept));
  t.is(negotiate('application/octet-stream', READING_FORMATS), undefined);
});

test('the query’s format wins, and a format that there is not is told with those that there are', async (t) => {
  const headers = new Headers({ accept: 'image/png' });
  t.deepEqual(formatOf(headers, 'markdown', DRAFT_FORMATS), { ok: true, format: 'markdown' });
  const none = formatOf(headers, undefined, READING_FORMATS);
  if (none.ok) return t.fail();
  t.is(none.refusal.status, 406);
  t.is(none.refusal.headers.get('vary'), 'Accept');
  t.like(await none.refusal.json(), {
    code: 'not_acceptable',
    detail: 'There is application/json, text/html, text/markdown, text/plain.',
  });
});

test('If-Match names positions by strong tags', async (t) => {
  const at = (header: string | undefined, present = 7) =>
    wantedSeq(new Headers(header === undefined ? {} : { 'if-match': header }), async () => present);
  for (const header of [undefined, '*', ' * ']) t.deepEqual(await at(header), { ok: true, seq: undefined });
  for (const header of ['"7"', ' "7" ', '"x", "7"', '"6", "7"', 'W/"6", "7"', ', "7",'])
    t.deepEqual(await at(header), { ok: true, seq: 7 }, header);
  for (const header of ['W/"7"', '"x"', '""', '"07"', '"5", "6"', '"7!"']) {
    const wanted = await at(header);
    t.is(wanted.ok ? 200 : wanted.refusal.status, 412, header);
  }
  const malformed = ['7', '"7', 'w/"7"', '"7" "8"', '*, "7"', '""7""', ',', `"7"${', "7"'.repeat(64)}`];
  for (const header of malformed) {
    const wanted = await at(header);
    t.is(wanted.ok ? 200 : wanted.refusal.status, 400, header);
  }
});

test('If-None-Match compares weakly, and says nothing when it is malformed', (t) => {
  const fresh = (header?: string) => isFresh(new Headers(header === undefined ? {} : { 'if-none-match': header }), 7);
  for (const header of ['"7"', 'W/"7"', '"1", W/"7"', '*']) t.true(fresh(header), header);
  for (const header of [undefined, '"8"', '"77"', '7', '"7', '"1" "7"']) t.false(fresh(header), String(header));
});
