/** The reading page in a real browser: it follows what is published and written live, lets go when nobody looks, and reads
 * as well without its script. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { BrowserContext, Page } from 'playwright-core';
import { becomes, buildApp, editable, newDesk, shoot, write } from '../support/browser.ts';
import { metric, untilMetric } from '../support/metrics.ts';
import { createWorld, type TestAuthor, type TestNode, type World } from '../support/node.ts';
import { openBrowser, type TestBrowser } from '../support/shared-browser.ts';
import { Article } from '../support/viewer.ts';

interface Context {
  browser: TestBrowser;
}
const test = anyTest as TestFn<Context>;

test.before(async (t) => {
  await buildApp();
  t.context = { browser: await openBrowser() };
});
test.after.always(async (t) => {
  await t.context.browser?.close();
});
test.beforeEach((t) => t.timeout(90_000));

interface Place {
  world: World;
  node: TestNode;
  ann: TestAuthor;
  article: Article;
}
async function place(t: ExecutionContext, visibility: 'public' | 'private' = 'public'): Promise<Place> {
  const world = await createWorld(t);
  const node = await world.node({ LISTENER: 'uws' });
  const ann = await world.author('ann');
  return { world, node, ann, article: await Article.make(node, ann, visibility) };
}

/** A reader's page of the article. What the browser complains of fails the test. */
async function open(
  t: ExecutionContext<Context>,
  { node, article }: Place,
  reader?: TestAuthor,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const { context, complaints } = await newDesk(t.context.browser, node.url);
  t.teardown(async () => {
    await context.close();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  if (reader) await context.addCookies([{ name: 'stet', value: reader.token, url: node.url }]);
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(`/d/${article.slug}`);
  return page;
}

const VIEWERS = 'stet_viewers';
const following = (node: TestNode, count: number) => untilMetric(node, VIEWERS, count);
const block = (page: Page, words: string) => page.locator('.prose > *').filter({ hasText: words });

// Run in the page.
const PUT_AT_40 = `{
  const element = document.querySelectorAll('.prose > *')[30];
  scrollTo(0, scrollY + element.getBoundingClientRect().top - 40);
  window.read = element;
}`;
const PLACE = `({ top: read.getBoundingClientRect().top, words: read.textContent, scrolled: scrollY > 0 })`;
const SHOW = `
  Object.defineProperty(document, 'hidden', { value: HIDDEN, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));`;

/** Sockets that are not open yet, however long one waits; they are counted. */
const SLOW_SOCKETS = `
  window.opened = 0;
  window.shown = false;
  window.WebSocket = class extends EventTarget {
    constructor() {
      super();
      opened += 1;
      window.last = this;
    }
    close() {}
  };
  addEventListener('pageshow', () => setTimeout(() => { shown = true; }));`;

const TEXT = Array.from(
  { length: 60 },
  (_, index) => `Paragraph ${index}. ${'Cranes come in April and stay. '.repeat(6)}`,
);

test('a new revision takes the place of the last one, and the reader goes on where they were', async (t) => {
  const here = await place(t);
  await here.article.publish(...TEXT);
  const page = await open(t, here);
  await following(here.node, 1);
  await page.evaluate(PUT_AT_40);
  const next = ['New at the top.', 'And one more.', ...TEXT];
  next[next.indexOf(TEXT[32] ?? '')] = 'Paragraph 32 is another one now.';
  await here.article.publish(...next);
  // Looked at in the page: marks are there for a while only.
  const marked = await becomes(
    page,
    `document.body.innerText.includes('Paragraph 32 is another one now.') && document.querySelectorAll('.prose > .fresh').length`,
  );
  t.is(marked, 3, 'what changed is marked, and nothing else');
  const now = (await page.evaluate(PLACE)) as { top: number; words: string; scrolled: boolean };
  t.true(Math.abs(now.top - 40) <= 1, `it moved to ${now.top}`);
  t.true(now.words.startsWith('Paragraph 30.') && now.scrolled);
  t.deepEqual(
    (await page.locator('.prose > *').allTextContents()).map((words) => words.trim()),
    next.map((words) => words.trim()),
  );
  t.regex((await page.locator('.byline').textContent()) ?? '', /updated just now/);
  await shoot(page, 'viewer-revision');
  await page.locator('.prose > .fresh').first().waitFor({ state: 'detached' });
});

test('a live document is shown as it is written, and settles to what is published', async (t) => {
  const here = await place(t);
  await here.article.publish('Published before.');
  await here.article.change({ live: true });
  const [page, other] = [await open(t, here), await open(t, here)];
  await following(here.node, 2);
  await here.article.write('Published before.', 'Written just now.');
  await block(page, 'Written just now.').waitFor();
  await here.article.write('Published before.', 'Written just now, and changed.', 'Third.');
  await block(page, 'Written just now, and changed.').waitFor();
  await block(page, 'Third.').waitFor();
  await page.getByText('2 reading now').waitFor();
  t.true(await page.locator('.byline .live').isVisible());
  await here.article.call('PUT', '/draft', { title: 'Another title' });
  await page.getByRole('heading', { name: 'Another title' }).waitFor();
  await shoot(page, 'viewer-live');
  await here.article.change({ live: false });
  await block(page, 'Written just now').waitFor({ state: 'detached' });
  t.deepEqual(await page.locator('.prose > *').allTextContents(), ['Published before.']);
  await page.getByRole('heading', { name: 'Cranes' }).waitFor();
  t.false(await page.locator('.byline .live').isVisible());
  await other.close();
});

test('ONAIR8 a reader whose connection is gone sees so, after a minute when the page was up to date, and that it is back', async (t) => {
  const here = await place(t);
  await here.article.publish('Published before.');
  await here.article.change({ live: true });
  await here.article.write('Written just now.');
  const noon = new Date('2026-05-03T12:00:00');
  const page = await open(t, here, undefined, (made) => made.clock.install({ time: noon }));
  const status = page.locator('.byline .live');
  await following(here.node, 1);
  await becomes(page, `document.querySelector('.byline .live').dataset.connection === 'connected'`);
  t.is(await status.textContent(), 'Live');
  // From here on the test moves the page's clock; a browser without a network says so at once.
  await page.clock.pauseAt(((await page.evaluate('Date.now()')) as number) + 1_000);
  await page.context().setOffline(true);
  await status.filter({ hasText: 'Reconnecting…' }).waitFor();
  const lost = (await page.evaluate('Date.now()')) as number;
  await page.clock.runFor(61_000);
  const clock = `new Date(${lost}).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })`;
  t.is(await status.textContent(), `Last updated ${await page.evaluate(clock)}`);
  await shoot(page, 'viewer-outdated');
  await here.article.write('Written meanwhile.');
  await page.context().setOffline(false);
  await page.clock.resume();
  await block(page, 'Written meanwhile.').waitFor();
  await status.filter({ hasText: 'Live' }).waitFor();
});

test('an author shows the draft live by a switch, and readers see each word', async (t) => {
  const here = await place(t);
  await here.article.publish('Published before.');
  const reader = await open(t, here);
  await following(here.node, 1);
  const desk = await open(t, here, here.ann);
  await desk.goto(`/edit/${here.article.id}`);
  await editable(desk);
  await desk.locator('.bar .publish').click();
  const dialog = desk.getByRole('dialog', { name: 'Publish' });
  await dialog.getByRole('switch', { name: 'Live' }).check();
  await reader.locator('.byline .live').waitFor();
  await shoot(desk, 'viewer-switch');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await write(desk, ' Typed right now.');
  await block(reader, 'Published before. Typed right now.').waitFor();
  await desk.locator('.bar .publish').click();
  await dialog.getByRole('switch', { name: 'Live' }).uncheck();
  await block(reader, 'Typed right now.').waitFor({ state: 'detached' });
  t.pass();
});

test('I6 a reader who loses access loses the text', async (t) => {
  const here = await place(t, 'private');
  const ben = await here.world.author('ben');
  await here.article.publish('For few.');
  await here.article.grant(ben.handle, 'view');
  const page = await open(t, here, ben);
  await following(here.node, 1);
  await here.article.publish('For few, second.');
  await block(page, 'For few, second.').waitFor();
  await here.article.revoke(ben.handle);
  await page.getByRole('heading', { name: 'This page is no longer available' }).waitFor();
  t.false((await page.content()).includes('For few'));
  t.is(await page.title(), 'This page is no longer available');
  await shoot(page, 'viewer-gone');
  await following(here.node, 0);
});

test('I7 a hidden page disconnects, and catches up when it is shown again', async (t) => {
  const here = await place(t);
  await here.article.publish('One.');
  const page = await open(t, here, undefined, (made) => made.clock.install());
  await following(here.node, 1);
  // From here on the test moves the page's clock.
  await page.clock.pauseAt(Date.now() + 60_000);
  const show = (hidden: boolean) => page.evaluate(SHOW.replace('HIDDEN', String(hidden)));
  await show(true);
  await page.clock.fastForward(9_000);
  await here.article.publish('Two.');
  await block(page, 'Two.').waitFor();
  await page.clock.fastForward(2_000);
  await following(here.node, 0);
  await here.article.publish('Three.');
  await page.clock.fastForward(60_000);
  t.is(await metric(here.node, VIEWERS), 0);
  t.deepEqual(await page.locator('.prose > *').allTextContents(), ['Two.']);
  await page.clock.resume();
  await show(false);
  await block(page, 'Three.').waitFor();
  t.is(await metric(here.node, VIEWERS), 1);
});

test('I9 a page that is shown for the first time opens one socket, and one more when it comes back from the cache', async (t) => {
  const here = await place(t);
  await here.article.publish('One.');
  const page = await open(t, here, undefined, (made) => made.addInitScript(SLOW_SOCKETS));
  await becomes(page, 'shown && opened > 0');
  t.is(await page.evaluate('opened'), 1);
  await page.evaluate(`
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));`);
  t.is(await page.evaluate('opened'), 2);
});

test('a page that loses its connection reconnects after a random delay', async (t) => {
  const here = await place(t);
  await here.article.publish('One.');
  const page = await open(t, here, undefined, async (made) => {
    await made.addInitScript(`${SLOW_SOCKETS} Math.random = () => 0.9;`);
    await made.clock.install();
  });
  await becomes(page, 'shown && opened > 0');
  // From here on the test moves the page's clock.
  await page.clock.pauseAt(((await page.evaluate('Date.now()')) as number) + 5_000);
  await page.evaluate(`last.onerror(new Event('error'))`);
  await page.clock.runFor(1_500);
  t.is(await page.evaluate('opened'), 1);
  await page.clock.runFor(4_000);
  t.is(await page.evaluate('opened'), 2);
});

test('I6 I7 a page that was hidden while its name went to another document shows that one', async (t) => {
  const here = await place(t);
  await here.article.publish('One.');
  await here.article.publish('Of cranes.');
  const storks = await Article.make(here.node, here.ann);
  await storks.publish('Of storks.');
  const page = await open(t, here, undefined, (made) => made.clock.install());
  await following(here.node, 1);
  await page.clock.pauseAt(Date.now() + 60_000);
  const show = (hidden: boolean) => page.evaluate(SHOW.replace('HIDDEN', String(hidden)));
  await show(true);
  await page.clock.fastForward(11_000);
  await following(here.node, 0);
  await here.article.change({ slug: 'elsewhere', visibility: 'private' });
  await storks.change({ slug: here.article.slug });
  await page.clock.resume();
  await show(false);
  await block(page, 'Of storks.').waitFor();
  t.is(await page.locator('main').getAttribute('data-id'), storks.id);
  t.false((await page.content()).includes('Of cranes.'));
});

test('without JavaScript the page reads as well', async (t) => {
  const here = await place(t);
  await here.article.publish(...TEXT.slice(0, 6));
  const context: BrowserContext = await t.context.browser.newContext({
    baseURL: here.node.url,
    javaScriptEnabled: false,
    viewport: { width: 1280, height: 800 },
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  await page.goto(`/d/${here.article.slug}`);
  t.is(await page.locator('.prose > p').count(), 6);
  t.regex((await page.locator('.byline').textContent()) ?? '', new RegExp(`^By ${here.ann.handle} · \\d+ \\w+ \\d{4}`));
  t.false(await page.getByText('reading now').isVisible());
  await shoot(page, 'viewer-plain');
});

test('the feed is XML as browsers understand it', async (t) => {
  const here = await place(t);
  await here.article.call('PUT', '/draft', { title: ']]> & "<cranes>"', summary: '\u{1f4a9}' });
  await here.article.publish('</content>');
  const page = await open(t, here);
  const xml = await (await here.node.call('GET', '/feed.xml')).text();
  const read = `((xml) => {
    const feed = new DOMParser().parseFromString(xml, 'application/xml');
    return [...feed.querySelectorAll('parsererror, entry > title, entry > summary, entry > content')].map(
      ({ localName, textContent }) => [localName, textContent],
    );
  })(${JSON.stringify(xml)})`;
  t.deepEqual(await page.evaluate(read), [
    ['title', ']]> & "<cranes>"'],
    ['summary', '\u{1f4a9}'],
    ['content', '<p dir="auto">&lt;/content&gt;</p>'],
  ]);
});
