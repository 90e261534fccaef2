/** Which format of a draft a client accepts: RFC 9110, section 12.5.1. */
import test from 'ava';
import {
  DRAFT_FORMATS,
  formatOf,
  negotiate,
  READING_FORMATS,
} from '../../../../src/gateway/api/content/draft-formats.ts';

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

test('the query’s format wins, and the error for an unknown format lists the known ones', async (t) => {
  const headers = new Headers({ accept: 'image/png' });
  t.deepEqual(formatOf(headers, 'markdown', DRAFT_FORMATS), { ok: true, format: 'markdown' });
  const none = formatOf(headers, undefined, READING_FORMATS);
  if (none.ok) return t.fail();
  t.is(none.refusal.status, 406);
  t.is(none.refusal.headers.get('vary'), 'Accept');
  t.like(await none.refusal.json(), {
    code: 'not_acceptable',
    detail: 'Available: application/json, text/html, text/markdown, text/plain.',
  });
});
