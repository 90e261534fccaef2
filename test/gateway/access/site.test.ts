/** Where a site is: by its setting, or by a request's own word. No server is needed for these. */
import test from 'ava';
import { createSite, originMeta, socketsOf } from '../../../src/gateway/access/site.ts';
import { withSecurityHeaders } from '../../../src/gateway/http/security-headers.ts';

const from = (host: string | undefined) =>
  new Request('http://stet.test/', { headers: host === undefined ? {} : { host } });

test('without a setting a plain host is where the request came in', (t) => {
  const site = createSite();
  for (const host of ['stet.example', 'localhost:8080', '127.0.0.1:65535', '[::1]:80']) {
    t.is(site.originOf(from(host), false), `http://${host}`);
    t.is(site.originOf(from(host), true), `https://${host}`);
    t.true(site.serves(host));
  }
  t.is(site.originOf(from('Stet.Example'), true), 'https://stet.example');
  t.is(socketsOf('stet.example'), ' ws://stet.example wss://stet.example');
  t.deepEqual(originMeta(undefined), []);
});

test('I10 a host that forms no valid URL is refused', (t) => {
  const site = createSite();
  const hosts = ['a:65536', 'a:99999', '1.2.3.4.5', '999.1.1.1', '[:::]', '[1]', 'a b', 'a/b', 'a@b', "a';", ''];
  for (const host of [undefined, ...hosts]) {
    t.is(site.originOf(from(host), false), undefined, host);
    t.is(socketsOf(host), '', host);
  }
});

test('with PUBLIC_URL every address is of it, and other hosts are not served', (t) => {
  const site = createSite({ publicUrl: 'https://stet.example', allowedHosts: ['node-1.internal', '[::1]'] });
  for (const host of ['evil.example', 'stet.example', undefined]) {
    t.is(site.originOf(from(host), false), 'https://stet.example');
  }
  for (const host of ['stet.example', 'STET.example:8080', 'node-1.internal', 'node-1.internal:8080', '[::1]:80']) {
    t.true(site.serves(host), host);
  }
  for (const host of ['evil.example', 'stet.example.evil.example', 'a@stet.example', '127.0.0.1', '', undefined]) {
    t.false(site.serves(host), host);
  }
  t.deepEqual(originMeta('https://stet.example'), ['<meta name="stet-origin" content="https://stet.example">']);
});

test('a site has the name, description and language of its settings', (t) => {
  const { name, description, language } = createSite({ siteName: 'Fen', siteDescription: 'Birds', siteLanguage: 'de' });
  t.deepEqual([name, description, language], ['Fen', 'Birds', 'de']);
  t.like(createSite({ publicUrl: 'https://stet.example', siteName: 'Fen' }), {
    name: 'Fen',
    description: '',
    language: 'en',
  });
});

test('every answer over TLS bears HSTS, save for a localhost, whose ports are not ours', (t) => {
  const hsts = (host: string, secure: boolean) =>
    withSecurityHeaders(from(host), secure, new Response('')).headers.get('strict-transport-security');
  t.is(hsts('stet.example', true), 'max-age=31536000');
  t.is(hsts('stet.example', false), null);
  for (const host of ['localhost', 'localhost:8443', 'a.localhost', 'LOCALHOST.']) t.is(hsts(host, true), null, host);
  t.is(hsts('notlocalhost', true), 'max-age=31536000');
});

test('an answer without a policy of its own may do nothing, and keeps one that it has', (t) => {
  const policyOf = (headers: Record<string, string>) =>
    withSecurityHeaders(from('a'), false, new Response('', { headers })).headers.get('content-security-policy');
  t.true(policyOf({})?.startsWith("default-src 'none'"));
  t.is(policyOf({ 'content-security-policy': "default-src 'self'" }), "default-src 'self'");
});
