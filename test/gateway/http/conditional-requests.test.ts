/** Conditional requests: RFC 9110, section 13. */
import test from 'ava';
import { entityTag, ifMatch, isNotModified, valueOfTag } from '../../../src/gateway/http/conditional-requests.ts';

test('a tag is quoted, and that of a compressed form is another', (t) => {
  t.is(entityTag(7), '"7"');
  t.is(entityTag('x', 'br'), '"x-br"');
  for (const coding of [undefined, 'br', 'gzip']) t.is(valueOfTag(entityTag('a-b', coding), coding), 'a-b');
});

test('If-Match names positions by strong tags', async (t) => {
  const at = (header: string | undefined, present = 7) =>
    ifMatch(new Headers(header === undefined ? {} : { 'if-match': header }), async () => present);
  for (const header of [undefined, '*', ' * ']) t.deepEqual(await at(header), { ok: true, seq: undefined });
  for (const header of ['"7"', ' "7" ', '"x", "7"', '"6", "7"', 'W/"6", "7"', ', "7",'])
    t.deepEqual(await at(header), { ok: true, seq: 7 }, header);
  for (const header of ['W/"7"', '"x"', '""', '"07"', '"5", "6"', '"7!"']) {
    const precondition = await at(header);
    t.is(precondition.ok ? 200 : precondition.refusal.status, 412, header);
  }
  const malformed = ['7', '"7', 'w/"7"', '"7" "8"', '*, "7"', '""7""', ',', `"7"${', "7"'.repeat(64)}`];
  for (const header of malformed) {
    const precondition = await at(header);
    t.is(precondition.ok ? 200 : precondition.refusal.status, 400, header);
  }
});

test('If-None-Match compares weakly, and says nothing when it is malformed', (t) => {
  for (const header of ['"7"', 'W/"7"', '"1", W/"7"', ', "7" ,', '"a,b", "7"', '*', ' * ']) {
    t.true(isNotModified(header, '"7"'), header);
  }
  for (const header of [
    undefined,
    null,
    '',
    '"8"',
    '"77"',
    '7',
    '"7',
    '"1" "7"',
    '"7", *',
    `"1"${', "7"'.repeat(64)}`,
  ]) {
    t.false(isNotModified(header, '"7"'), String(header));
  }
});
