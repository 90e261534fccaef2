/** Where a request came in, by its own word. No server is needed for these. */
import test from 'ava';
import { originOf, socketsOf } from '../src/gateway/reading/origin.ts';

const from = (host: string | undefined) =>
  new Request('http://stet.test/', { headers: host === undefined ? {} : { host } });

test('a plain host is where the request came in', (t) => {
  for (const host of ['stet.example', 'localhost:8080', '127.0.0.1:65535', '[::1]:80']) {
    t.is(originOf(from(host), false), `http://${host}`);
    t.is(originOf(from(host), true), `https://${host}`);
  }
  t.is(originOf(from('Stet.Example'), true), 'https://stet.example');
  t.is(socketsOf(from('stet.example')), ' ws://stet.example wss://stet.example');
});

test('I10 a host that makes no address is none', (t) => {
  const hosts = ['a:65536', 'a:99999', '1.2.3.4.5', '999.1.1.1', '[:::]', '[1]', 'a b', 'a/b', 'a@b', "a';", ''];
  for (const host of [undefined, ...hosts]) {
    t.is(originOf(from(host), false), undefined, host);
    t.is(socketsOf(from(host)), '', host);
  }
});
