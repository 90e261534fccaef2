/** Pages in other languages, in a real browser: all of the page, its direction, and nothing of another language. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { directionOf } from '../../src/lib/language-tag.ts';
import { READERS } from '../../src/messages/catalogues.ts';
import { LANGUAGES, type Language } from '../../src/messages/languages.ts';
import { buildApp, shoot } from '../support/browser.ts';
import { createWorld } from '../support/node.ts';
import { openBrowser, type TestBrowser } from '../support/shared-browser.ts';
import { Article } from '../support/viewer.ts';

const test = anyTest as TestFn<{ browser: TestBrowser }>;

test.before(async (t) => {
  await buildApp();
  t.context = { browser: await openBrowser() };
});
test.after.always(async (t) => {
  await t.context.browser?.close();
});
test.beforeEach((t) => t.timeout(120_000));

/** The texts of the sign-in page, from the catalogue that the page was built with. */
const signInTexts = async (language: Language) =>
  (await import(new URL(`../../src/messages/${language}/sign-in.ts`, import.meta.url).href)) as {
    title: string;
    texts: { username: string; password: string; submit: string; wrong: string };
  };

/** A page of a browser that prefers a language; narrow, as phones are. */
async function pageIn(t: ExecutionContext<{ browser: TestBrowser }>, language: Language, url: string): Promise<Page> {
  const context = await t.context.browser.newContext({ locale: language, viewport: { width: 320, height: 700 } });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.on('pageerror', (error) => t.fail(String(error)));
  await page.goto(url);
  return page;
}

async function isWhole(t: ExecutionContext, page: Page, language: Language): Promise<void> {
  t.deepEqual(await page.evaluate('[document.documentElement.lang, document.documentElement.dir]'), [
    language,
    directionOf(language),
  ]);
  t.is(await page.evaluate('getComputedStyle(document.body).direction'), directionOf(language));
  t.true(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), 'nothing overflows');
}

test('MSG3 the sign-in page speaks the language of the browser, in its errors too', async (t) => {
  const world = await createWorld(t);
  const { url } = await world.node();
  for (const language of LANGUAGES) {
    const { title, texts } = await signInTexts(language);
    const page = await pageIn(t, language, `${url}/sign-in`);
    await page.getByLabel(texts.username).fill('nobody');
    await page.getByLabel(texts.password).fill('not the password');
    await page.getByRole('button', { name: texts.submit }).click();
    await page.getByRole('alert').filter({ hasText: texts.wrong }).waitFor();
    t.is(await page.title(), title);
    await isWhole(t, page, language);
    await shoot(page, `sign-in-${language}`);
  }
});

test("MSG3 MSG4 a document's page speaks the document's language, before and after its script runs", async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ LISTENER: 'uws' });
  const ann = await world.author('ann');
  for (const language of LANGUAGES) {
    const { page: texts, locale } = READERS[language];
    const article = await Article.make(node, ann);
    await article.change({ language, live: true });
    await article.publish('12:03');
    // The language of the browser does not count.
    const page = await pageIn(t, language === 'en' ? 'de' : 'en', `${node.url}/d/${article.slug}`);
    await isWhole(t, page, language);
    const byline = page.locator('.byline');
    await byline.getByText(texts.live, { exact: true }).waitFor();
    const minutes = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    const times = { justNow: (await commonOf(language)).times.justNow, minute: minutes.format(-1, 'minute') };
    const dates = await byline.locator('.dates').textContent();
    t.true([times.justNow, times.minute].includes(dates ?? ''), `${language}: ${dates}`);
    t.true((await byline.textContent())?.startsWith(texts.byline(ann.handle, dates ?? '')), language);
    const other = await pageIn(t, language, page.url());
    await page.getByText((await frameOf(language)).frame.readers(2)).waitFor();
    await shoot(page, `reading-${language}`);
    await other.close();
    await article.change({ visibility: 'private' });
    const { gone } = (await frameOf(language)).frame;
    await page.getByRole('heading', { name: gone.title }).waitFor();
  }
});

const commonOf = async (language: Language) =>
  (await import(new URL(`../../src/messages/${language}/common.ts`, import.meta.url).href)) as {
    times: { justNow: string };
  };
const frameOf = async (language: Language) =>
  (await import(new URL(`../../src/messages/${language}/reading.ts`, import.meta.url).href)) as {
    frame: { readers(count: number): string; gone: { title: string } };
  };

test('MSG3 pages for addresses that lead nowhere speak the language of the browser', async (t) => {
  const world = await createWorld(t);
  const { url } = await world.node();
  for (const language of LANGUAGES) {
    for (const path of ['/nothing/here', '/d/nothing-here']) {
      const page = await pageIn(t, language, url + path);
      await page.getByRole('heading', { name: READERS[language].notices.missing.title }).waitFor();
      await isWhole(t, page, language);
    }
  }
});
