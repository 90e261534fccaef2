/** The reference at `/v1/docs` in a real browser: search, copying, contents, keyboard, narrow screens, and no script at all. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, newDesk } from '../support/browser.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, []);

/** Bytes that the page may be over the wire, all that it loads included. */
const MOST_BYTES = 60_000;
const PHONE = { width: 390, height: 844 };

/** What the pages threw, and what their policy blocked. */
const complained: string[][] = [];
test.after('no page complains', (t) => t.deepEqual(complained.flat(), []));

/** The reference in a profile of its own. */
async function reference(
  t: ExecutionContext<Stage>,
  hash = '',
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  const { app, browser } = t.context;
  const { context, complaints } = await newDesk(browser, app.origin);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin });
  complained.push(complaints);
  t.teardown(() => context.close());
  const page = await context.newPage();
  await page.setViewportSize(viewport);
  await page.goto(`/v1/docs${hash}`);
  return page;
}

const clipboard = (page: Page): Promise<unknown> => page.evaluate('navigator.clipboard.readText()');
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search the reference' });
const results = (page: Page) => page.locator('#results a');
/** Waits until the contents mark this entry, and no other, as the section on screen. */
const isCurrent = (page: Page, name: string): Promise<unknown> =>
  becomes(
    page,
    `[...document.querySelectorAll('nav [aria-current]')].map((link) => link.textContent).join() === '${name}'`,
  );

test.serial('REF3 the reference is one response of at most 60 KB', async (t) => {
  const { app, browser } = t.context;
  const { context } = await newDesk(browser, app.origin);
  t.teardown(() => context.close());
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto('/v1/docs', { waitUntil: 'networkidle' });
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  t.is(sizes.length, 1);
  t.true(bytes > 0 && bytes <= MOST_BYTES, `${bytes} bytes`);
});

test.serial('REF2 search finds an operation by its title, its path and its fields, by keyboard alone', async (t) => {
  const page = await reference(t);
  await page.keyboard.press('/');
  await page.keyboard.type('schedule');
  await page
    .getByRole('status')
    .filter({ hasText: /^\d+ results$/ })
    .waitFor();
  t.regex((await results(page).first().textContent()) ?? '', /^Schedule a publication/);

  await search(page).fill('/v1/documents/{id}/grants/{handle}');
  t.deepEqual((await results(page).allTextContents()).map((text) => text.split(/(?=PUT|DELETE)/)[0]).sort(), [
    'Grant access to a user',
    'Revoke a user’s access',
  ]);
  // A field of a body, and a word of what to do about an error.
  await search(page).fill('rotatesecret');
  t.regex((await results(page).first().textContent()) ?? '', /^Update a webhook/);
  await search(page).fill('allowed_hosts');
  t.regex((await results(page).first().textContent()) ?? '', /^misdirected/);

  await search(page).fill('webhook');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await becomes(page, `document.activeElement === document.querySelectorAll('#results a')[1]`);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await becomes(page, `document.activeElement.id === 'search'`);
  await search(page).fill('list documents');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/v1/docs#listDocuments');
  t.is(await search(page).inputValue(), '');
  t.true(await page.locator('#results').isHidden());
  await becomes(page, `document.activeElement.id === 'listDocuments'`);

  await search(page).fill('no such words');
  await page.getByRole('status').filter({ hasText: 'No results' }).waitFor();
  await page.keyboard.press('Escape');
  t.true(await page.locator('#results').isHidden());
});

test.serial(
  'REF2 a copied example has the address of the page, and is copied by keyboard and without the clipboard’s API',
  async (t) => {
    const page = await reference(t, '#createDocument');
    const shown = await page.getByRole('region', { name: 'Request: Create a document' }).textContent();
    t.true(shown?.includes(`curl -X POST "${t.context.app.origin}/v1/documents"`), String(shown));
    const button = page.getByRole('button', { name: 'Copy Request: Create a document' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    t.is(await clipboard(page), shown);

    // As on a page that came over plain HTTP from another machine.
    await page.evaluate(
      `Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined, configurable: true })`,
    );
    const response = page.getByRole('button', { name: 'Copy Response: Create a document' });
    await response.focus();
    await page.keyboard.press('Space');
    await response.filter({ hasText: 'Copied' }).waitFor();
    await becomes(page, `document.activeElement.textContent === 'Copied'`);
    const other = await page.context().newPage();
    await other.goto('/v1/docs');
    t.is(JSON.parse(String(await clipboard(other))).title, 'Spring in the north');
  },
);

test.serial('REF1 fields are shown where they are used, and those within them can be expanded', async (t) => {
  const page = await reference(t, '#listDocuments');
  const operation = page.locator('#listDocuments');
  t.true(await operation.getByText('Views of the published document', { exact: false }).isVisible());
  const published = operation.locator('li', { has: page.locator('> .name', { hasText: /^published$/ }) }).last();
  const revision = published.locator('.name', { hasText: /^revision$/ });
  t.false(await revision.isVisible());
  await published.locator('summary').press('Enter');
  t.true(await revision.isVisible());
});

test.serial('REF3 the contents mark the section on screen', async (t) => {
  const page = await reference(t);
  await isCurrent(page, 'Stet API');
  await page.getByRole('navigation').getByRole('link', { name: 'Publish a document', exact: true }).click();
  await isCurrent(page, 'Publish a document');
  await page.goto('/v1/docs#error-restarting');
  await isCurrent(page, 'Errors');
  const seen = 'document.querySelector("nav [aria-current]").getBoundingClientRect()';
  t.truthy(await becomes(page, `${seen}.top >= 0 && ${seen}.bottom <= innerHeight`));
});

test.serial('REF3 on a phone the contents are a panel, which a link closes', async (t) => {
  const page = await reference(t, '', PHONE);
  const link = page.locator('nav').getByRole('link', { name: 'Create a webhook' });
  t.false(await link.isVisible());
  await page.getByRole('button', { name: 'Contents' }).click();
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/v1/docs#createWebhook');
  t.false(await link.isVisible());
  // Below the bar, which stays.
  await becomes(
    page,
    `(() => { const top = document.querySelector('#createWebhook h3').getBoundingClientRect().top; return top > 50 && top < 200; })()`,
  );
  t.true(await search(page).isVisible());
  await page.getByRole('button', { name: 'Contents' }).click();
  await page.keyboard.press('Escape');
  t.false(await link.isVisible());
});

for (const width of [320, PHONE.width]) {
  test.serial(`REF3 nothing overflows at ${width} px, also with all fields open and with results`, async (t) => {
    const page = await reference(t, '', { width, height: 700 });
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true;`);
    const overflowing = `[...document.querySelectorAll('body *')].filter((element) => !element.closest('pre, nav, #status, .skip')
      && element.getBoundingClientRect().right > innerWidth + 0.5).map((element) => element.outerHTML.slice(0, 100))`;
    t.deepEqual(await page.evaluate(overflowing), []);
    t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
    await search(page).fill('documents');
    t.deepEqual(await page.evaluate(overflowing), []);
  });
}

test.serial('REF3 code blocks scroll by keyboard, and each has a name of its own', async (t) => {
  const page = await reference(t, '#createToken', { width: 320, height: 700 });
  const block = page.getByRole('region', { name: 'Request: Create an API token' });
  await block.focus();
  await page.keyboard.press('ArrowRight');
  await becomes(page, 'document.activeElement.scrollLeft > 0');
  const names = (await page.evaluate(`[...document.querySelectorAll('pre')].map((block) =>
    block.tabIndex === 0 && block.getAttribute('role') === 'region' ? block.getAttribute('aria-label') : '')`)) as string[];
  t.true(names.length > 50);
  t.true(names.every((name) => name !== ''));
  t.is(new Set(names).size, names.length);
});

test.serial(
  'REF3 the page has one main part and one heading of the first level, and each link leads somewhere',
  async (t) => {
    const page = await reference(t);
    t.is(await page.locator('main').count(), 1);
    t.is(await page.locator('h1').count(), 1);
    t.deepEqual(
      await page.evaluate(
        `[...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1)).filter((id) => !document.getElementById(id))`,
      ),
      [],
    );
  },
);

test.serial('REF3 without scripts the reference can be read, and offers nothing that needs one', async (t) => {
  const { app, browser } = t.context;
  const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: false, viewport: PHONE });
  t.teardown(() => context.close());
  const page = await context.newPage();
  await page.goto('/v1/docs');
  t.true(await page.getByRole('heading', { name: 'List documents', exact: true }).isVisible());
  t.true(await page.getByRole('region', { name: 'Request: List documents' }).isVisible());
  t.false(await page.locator('#search').isVisible());
  t.is(await page.locator('.copy').count(), 0);
  await page.getByRole('button', { name: 'Contents' }).click();
  t.true(await page.locator('nav').getByRole('link', { name: 'Create a webhook' }).isVisible());
});
