// Whose pages may open sockets: an origin is a scheme and a host (RFC 6454).
import test from 'ava';
import { originAllowed } from '../../../src/gateway/access/handshake.ts';

const host = 'stet.example';
const allows = (origin: string | undefined, secure: boolean, to = host) =>
  originAllowed({ host: to, ...(origin === undefined ? {} : { origin }) }, secure, ['https://write.example']);

test('I6 a page that came in the clear gets no socket over TLS', (t) => {
  t.true(allows('https://stet.example', true));
  t.false(allows('http://stet.example', true));
  t.true(allows('http://stet.example', false));
  t.true(allows('https://stet.example', false), 'a proxy that is not listed ends TLS');
});

test('I6 no other scheme and no other host is the own origin', (t) => {
  for (const secure of [true, false]) {
    for (const origin of [
      'foo://stet.example',
      'ws://stet.example',
      'null',
      '',
      'https://stet.example.evil.example',
      'https://evil.example',
      'https://stet.example:8443',
      'https://stet.example/',
      'https://user@stet.example',
      'HTTPS://stet.example',
    ]) {
      t.false(allows(origin, secure), `${origin} ${secure}`);
    }
    t.true(allows('https://write.example', secure), 'as set');
    t.true(allows(undefined, secure), 'not a browser');
  }
  t.false(originAllowed({ origin: 'https://stet.example' }, true, []), 'no Host');
});

test('I6 the default port may be written or not', (t) => {
  t.true(allows('https://stet.example', true, 'stet.example:443'));
  t.true(allows('http://stet.example', false, 'STET.example:80'));
  t.true(allows('http://stet.example:8080', false, 'stet.example:8080'));
});
