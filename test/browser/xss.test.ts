/**
 * Published vectors of cross-site scripting against the pages, in a real browser: pasted as HTML, pasted as text, typed,
 * put into title and summary; then published, read and compared. On none of the pages may a script run, a dialog open or
 * anything be asked of another host; for the author even with the content policy switched off, so that it stays what it
 * should be: a second wall.
 */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, newDesk, newDocument, SAVED, says, text, title } from '../support/browser.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { XSS_VECTORS } from '../support/xss-vectors.ts';

const test = anyTest as TestFn<Stage>;

setStage(test, ['ana']);

/** Remembers that a script of a vector ran: they all call one of these sooner or later. */
const WITNESS = `globalThis.ran = [];
  for (const name of ['alert', 'confirm', 'prompt', 'print']) globalThis[name] = (said) => { ran.push(name + said); };`;

/** What in a page could act: computed in the page itself. A link that leads nowhere yet is none. */
const DANGERS = `[...document.querySelectorAll('*')].flatMap((element) => [
  ...[...element.attributes].filter(({ name }) => /^(on|style$|srcdoc$|formaction$)/.test(name) && !element.closest('.title'))
    .map(({ name }) => element.localName + '[' + name + ']'),
  ...(/^(iframe|object|embed|base|form|img|video|audio|svg:script|math)$/.test(element.localName) && element.className !== 'ProseMirror-separator' && element.closest('.prose, article, .diff') ? [element.localName] : []),
  ...(element.localName === 'script' && !element.src.startsWith(location.origin + '/assets/') && element.type !== 'application/ld+json' ? ['script'] : []),
  ...(element.localName === 'a' && /href/.test(element.getAttributeNames()) && !/^(https?:|mailto:|tel:)$/.test(element.protocol) ? [element.href] : []),
])`;

/** @returns `state`: what happened in a page so far, and what could */
async function watched({ browser, app }: Stage, isUnprotected: boolean) {
  const desk = await newDesk(browser, app.origin, isUnprotected);
  const foreign: string[] = [];
  const dialogs: string[] = [];
  await desk.context.addInitScript(WITNESS);
  desk.context.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await desk.context.route(
    (url) => url.origin !== app.origin && !['data:', 'blob:'].includes(url.protocol),
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  return {
    desk,
    async state(page: Page) {
      // What loads, or fails to, has its turn first.
      await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
      return {
        ran: await page.evaluate<string[]>('ran'),
        dangers: await page.evaluate<string[]>(DANGERS),
        dialogs,
        foreign,
        complaints: desk.complaints,
      };
    },
  };
}
const CALM = { ran: [], dangers: [], dialogs: [], foreign: [], complaints: [] };

/** Pastes each of the vectors as a browser does when a person pastes, on a line of its own. */
const paste = (page: Page, type: 'text/html' | 'text/plain') =>
  page.evaluate(`{
    const target = document.querySelector('.prose');
    for (const vector of ${JSON.stringify(XSS_VECTORS)}) {
      for (const [kind, content] of [['${type}', vector], ['text/plain', '\\n']]) {
        const clipboardData = new DataTransfer();
        clipboardData.setData(kind, content);
        target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }
    }
  }`);

async function publish(page: Page): Promise<void> {
  await page.locator('.bar .publish').click();
  const dialog = page.getByRole('dialog', { name: 'Publish' });
  await dialog.getByRole('radio', { name: 'Public' }).check();
  await dialog.getByRole('button', { name: /^Publish (now|changes)$/ }).click();
  await dialog.getByText('Readers see the latest version.').waitFor();
}

test.serial(
  'XSS2 the watch is not blind: scripts that run, foreign requests and dangerous links are seen',
  async (t) => {
    const { desk, state } = await watched(t.context, true);
    const page = await desk.context.newPage();
    await page.goto('/sign-in');
    await page.evaluate(`{
    alert(1);
    const link = document.createElement('a');
    link.href = 'javascript:alert(1)';
    document.body.append(link);
    document.body.insertAdjacentHTML('beforeend', '<img src="https://elsewhere.example/x.png" onerror="alert(2)">');
  }`);
    await becomes(page, 'ran.length > 1');
    const { ran, dangers, foreign } = await state(page);
    t.deepEqual(ran, ['alert1', 'alert2']);
    t.deepEqual(dangers, ['javascript:alert(1)', 'img[onerror]']);
    t.deepEqual(foreign, ['https://elsewhere.example/x.png']);
    await desk.context.close();
  },
);

test.serial('XSS1 no published vector does anything in the editor, to its readers, or in a comparison', async (t) => {
  const { desk, state } = await watched(t.context, true);
  const page = await newDocument(desk, 'ana');
  await text(page).focus();
  await paste(page, 'text/html');
  await paste(page, 'text/plain');
  for (const vector of XSS_VECTORS) await page.keyboard.insertText(`${vector} `);
  await page.keyboard.type('<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> ');
  await says(page, SAVED);
  t.deepEqual(await state(page), CALM, 'the editor');
  const path = new URL(page.url()).pathname;
  await page.reload();
  await page.locator('.prose', { hasText: 'onerror' }).waitFor();
  t.deepEqual(await state(page), CALM, 'the editor, opened on what was stored');

  await title(page).fill('</title><script>alert(1)</script><img src=x onerror=alert(1)>');
  await page.locator('.bar .publish').click();
  await page.getByLabel('Summary').fill(XSS_VECTORS.join('\n').slice(0, 1_000));
  await page.keyboard.press('Escape');
  await publish(page);
  const address = (await page.locator('.address-link').getAttribute('href')) ?? '';
  const reader = await watched(t.context, false);
  const visit = await reader.desk.context.newPage();
  t.is((await visit.goto(address))?.status(), 200);
  t.is(await visit.locator('h1').textContent(), '</title><script>alert(1)</script><img src=x onerror=alert(1)>');
  t.true((await visit.locator('.prose').textContent())?.includes('<script>alert(1)</script>'), 'it is there, as text');
  t.deepEqual(await reader.state(visit), CALM, 'the page of readers');

  await page.keyboard.press('Escape');
  await title(page).fill('"><svg onload=alert(1)>');
  await text(page).focus();
  await page.keyboard.press('Control+Home');
  await paste(page, 'text/html');
  await says(page, SAVED);
  await publish(page);
  await page.goto(`${path}/history`);
  await page.locator('.diff-block.added, .diff-block.changed').first().waitFor();
  t.deepEqual(await state(page), CALM, 'the comparison');
  await page.goto('/');
  await page.getByRole('link', { name: 'svg onload' }).waitFor();
  t.deepEqual(await state(page), CALM, 'the list');
  await Promise.all([desk.context.close(), reader.desk.context.close()]);
});
