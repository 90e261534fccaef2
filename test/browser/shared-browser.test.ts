/** The Chromium that test files share: they do not see each other, and a crash of it is survived. */
import test from 'ava';
import { until } from '../support/helpers.ts';
import { openBrowser, startBrowserServer, type TestBrowser } from '../support/shared-browser.ts';

/** The title of a page that a browser shows. */
async function shown(browser: TestBrowser): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('data:text/html,<title>shown</title>');
  const title = await page.title();
  await context.close();
  return title;
}

test('files that share a browser have contexts of their own, and a crash of it costs the present ones only', async (t) => {
  const server = await startBrowserServer();
  t.teardown(() => server.stop());
  const [one, other] = await Promise.all([openBrowser(server.url), openBrowser(server.url)]);
  t.teardown(() => Promise.all([one.close(), other.close()]));
  const context = await one.newContext();
  const page = await context.newPage();
  await other.close();
  t.is(await page.evaluate('1 + 1'), 2, 'what one closes stays open for the other');

  // With what it started: the program may stand behind a script.
  process.kill(-server.pid, 'SIGKILL');
  await t.throwsAsync(until(async () => (await page.evaluate('1')) !== 1));
  t.is(await shown(one), 'shown', 'a browser of its own');
});

test('a file whose shared browser is gone launches its own', async (t) => {
  const browser = await openBrowser('ws://127.0.0.1:9/gone');
  t.teardown(() => browser.close());
  t.is(await shown(browser), 'shown');
});
