/** The plain decisions of the pages: what they say, count, and where they lead. No browser is needed for these. */
import test from 'ava';
import { ERRORS } from '../../../schemas/errors.ts';
import { hueClass, initials } from '../../../src/clients/pages/common/people.ts';
import { problemText } from '../../../src/clients/pages/common/problem-text.ts';
import { nextHref, signInHref } from '../../../src/clients/pages/common/session.ts';
import { ago, clock } from '../../../src/clients/pages/common/time.ts';
import { countWords } from '../../../src/clients/pages/common/words.ts';
import { linkTarget } from '../../../src/clients/pages/edit/link-target.ts';
import { statusText } from '../../../src/clients/pages/edit/status-text.ts';
import { errors } from '../../../src/messages/en/errors.ts';

const noon = new Date(2026, 4, 3, 12, 3).getTime();
const DAY = 86_400_000;

test('I1 only what the server acknowledged is called saved', (t) => {
  t.is(statusText({ kind: 'saved', seq: 4, at: noon }, true, noon).text, 'Saved · 12:03');
  t.is(statusText({ kind: 'saving', unsaved: 1 }, true, noon).text, 'Saving…');
  t.is(statusText({ kind: 'offline', unsaved: 2 }, true, noon).text, 'Offline – changes kept on this device');
  t.is(statusText({ kind: 'saving', unsaved: 0 }, true, noon).text, 'Connecting…');
  const error = { code: 'document_too_large', message: 'Too large.' } as const;
  t.is(
    statusText({ kind: 'refused', unsaved: 1, error }, true, noon).text,
    'Not saved. The document has reached its size limit. Delete some text first.',
  );
  const part = { root: 'body', path: [3], bytes: 2_140_000 };
  t.is(
    statusText({ kind: 'refused', unsaved: 1, error, part }, true, noon).text,
    'Part of the text (2.1 MB) is not saved. The document has reached its size limit. Delete some text first.',
  );
  t.is(statusText({ kind: 'readonly' }, true, noon).text, 'Read-only');
  t.is(statusText({ kind: 'denied' }, true, noon).text, 'You no longer have access');
});

test('a device that cannot keep a text is not said to keep it', (t) => {
  t.is(statusText({ kind: 'offline', unsaved: 2 }, false, noon).text, 'Offline – keep this page open');
  t.is(statusText({ kind: 'offline', unsaved: 0 }, false, noon).text, 'Offline');
});

test('STATE1 the end of the session is said, and not that there is no connection', (t) => {
  t.is(statusText({ kind: 'signed-out', unsaved: 2 }, true, noon).text, 'Signed out – changes kept on this device');
  t.is(statusText({ kind: 'signed-out', unsaved: 2 }, false, noon).text, 'Signed out – keep this page open');
  t.is(statusText({ kind: 'signed-out', unsaved: 0 }, false, noon).text, 'Signed out');
  t.is(statusText({ kind: 'signed-out', unsaved: 0 }, false, noon).tone, 'warn');
});

test("another day's time is shown with its date", (t) => {
  t.is(clock(noon, noon + DAY), '3 May, 12:03');
  t.is(clock(noon, noon + 365 * DAY), '3 May 2026, 12:03');
});

test('the age of an edit is said as people say it', (t) => {
  t.is(ago(noon, noon + 20_000), 'just now');
  t.is(ago(noon + 5_000, noon), 'just now', 'a clock that is ahead is no reason for "in 5 seconds"');
  t.is(ago(noon, noon + 5 * 60_000), '5 minutes ago');
  t.is(ago(noon, noon + 3 * 3_600_000), '3 hours ago');
  t.is(ago(noon, noon + DAY), 'yesterday');
  t.is(ago(noon, noon + 40 * DAY), '3 May');
});

test('words are counted in scripts with and without spaces', (t) => {
  t.is(countWords(''), 0);
  t.is(countWords('  —  … '), 0);
  t.is(countWords("It's a well-known fact: 2 + 2."), 6);
  t.is(countWords('Прощай, оружие'), 2);
  t.is(countWords('日本語 and English'), 5);
});

test('a link leads to the web or to a mailbox, and nowhere else', (t) => {
  t.is(linkTarget('example.org'), 'https://example.org');
  t.is(linkTarget('localhost:8080/a'), 'https://localhost:8080/a');
  t.is(linkTarget(' http://example.org/a?b#c '), 'http://example.org/a?b#c');
  t.is(linkTarget('ana@example.org'), 'mailto:ana@example.org');
  for (const hostile of [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '',
    ' ',
  ]) {
    t.is(linkTarget(hostile), null, hostile);
  }
});

test('signing in leads back to a page of this site only', (t) => {
  const origin = 'https://stet.example';
  const at = (next: string) => nextHref({ origin, pathname: '/sign-in', search: `?next=${next}` });
  t.is(at(encodeURIComponent('/edit/1?a=b')), `${origin}/edit/1?a=b`);
  for (const elsewhere of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/sign-in',
  ]) {
    t.is(at(encodeURIComponent(elsewhere)), `${origin}/`, elsewhere);
  }
  // Two slashes name another host once they are at the beginning, where normalising can bring them.
  for (const path of ['/.//evil.example/', '/x/..//evil.example/', '/%2e//evil.example', '/./\\evil.example']) {
    const reached = new URL(at(encodeURIComponent(path)), `${origin}/sign-in`);
    t.is(reached.origin, origin, path);
  }
});

test('the way to the sign-in page remembers where it began', (t) => {
  t.is(signInHref({ origin: 'https://stet.example', pathname: '/edit/1', search: '' }), '/sign-in?next=%2Fedit%2F1');
  t.is(signInHref({ origin: 'https://stet.example', pathname: '/', search: '' }), '/sign-in');
});

test('a person looks the same on every screen', (t) => {
  t.is(hueClass('ana'), hueClass('ana'));
  t.regex(hueClass('ben'), /^hue-(\d|1[01])$/);
  t.is(initials('ana-maria'), 'AM');
  t.is(initials('ben'), 'B');
});

test('an error is shown in words of the page; a code without words is named', (t) => {
  t.is(problemText({ code: 'slug_taken' }), 'This address is already in use. Choose another one.');
  t.is(
    problemText({ code: 'idempotency_mismatch' }),
    'Something went wrong (idempotency_mismatch). Reload the page and try again.',
  );
  t.regex(problemText({ code: 'toString' }), /^Something went wrong/);
  const codes = [...Object.keys(ERRORS), 'unreachable'];
  t.deepEqual(
    Object.keys(errors).filter((code) => !codes.includes(code)),
    [],
    'each is a code of the registry',
  );
});
