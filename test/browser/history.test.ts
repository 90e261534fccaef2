/** The history of a document in a real browser: who wrote when, any moment read, compared and restored, also on a phone and offline. */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, type Desk, editable, holds, newDesk, shoot, signIn } from '../support/browser.ts';
import { query, until } from '../support/helpers.ts';
import { closeDesks, deskOf, type Stage, setStage } from '../support/stage.ts';
import { paragraphs } from '../support/viewer.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana', 'ben']);

const SHELL = '/edit/00000000-0000-0000-0000-000000000000/history';

/** The list of documents of an author who has signed in. */
async function listOf(desk: Desk, handle: string): Promise<Page> {
  const page = await desk.context.newPage();
  await page.goto('/');
  await signIn(page, handle);
  await page.getByRole('button', { name: 'New document' }).waitFor();
  return page;
}

/** One request of the author whose page it is. */
const call = (page: Page, method: string, path: string, json: unknown = {}) =>
  page.evaluate(
    async ({ body, method, path }) => {
      const answer = await fetch(`/v1/documents${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as { id: string };
    },
    { body: JSON.stringify(json), method, path },
  );

/** Whatever was written so far was written an hour earlier. */
const anHourLater = ({ databaseUrl }: Stage, id: string) =>
  query(databaseUrl, `update draft_updates set at = at - interval '1 hour' where document_id = '${id}'`);

/** Ana's document that ben can edit: three sessions, of which the second is published, and the last has three edits. */
async function written(stage: Stage, ana: Page, ben: Page): Promise<string> {
  const { id } = await call(ana, 'POST', '', { title: 'The storm' });
  await call(ana, 'PUT', `/${id}/grants/ben`, { level: 'edit' });
  const write = (page: Page, ...texts: string[]) => call(page, 'PUT', `/${id}/draft`, { body: paragraphs(...texts) });
  await write(ana, 'It is calm.');
  await anHourLater(stage, id);
  await write(ben, 'It is calm.', 'The wind rises.');
  await call(ana, 'POST', `/${id}/publish`);
  await anHourLater(stage, id);
  await write(ana, 'The wind rises.');
  await write(ana, 'The wind rises.', 'Ships turn back.');
  await write(ben, 'The wind rises.', 'Ships turn back.', 'The harbour is shut.');
  return id;
}

test.serial(
  'HIST1 HIST3 HIST4 an author finds a session, reads and compares moments of it, and restores one',
  async (t) => {
    const [left, right] = [await deskOf(t.context), await deskOf(t.context)];
    const [page, ben] = [await listOf(left, 'ana'), await listOf(right, 'ben')];
    const id = await written(t.context, page, ben);
    await page.goto(`/edit/${id}`);
    await editable(page);
    await page.getByRole('button', { name: 'History' }).click();
    await page.waitForURL('**/history');
    const result = page.locator('.result');
    const entries = page.locator('.entry');
    const shows = (words: string | RegExp) => result.filter({ hasText: words }).waitFor();

    await entries.first().waitFor();
    const said = (await entries.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    t.is(said.length, 4, said.join('\n'));
    t.regex(said[0]!, /ana and ben .* · 3 edits$/);
    t.regex(said[1]!, /^Revision 1 Current The storm Published .* by ana$/);
    t.regex(said[2]!, /ben .* · 1 edit$/);
    t.regex(said[3]!, /ana .* · 1 edit$/);

    // What a session changed, and each step of it by keyboard.
    await shows('Ships turn back.');
    await page.getByText('7 words added · 3 words removed').waitFor();
    await page.getByText(/^Edit 3 of 3 · .* by ben$/).waitFor();
    t.false(await page.getByRole('button', { name: 'Restore this version' }).isVisible(), 'it is the present');
    await shoot(page, 'history-changes');
    await page.getByLabel('Edit', { exact: true }).press('ArrowLeft');
    await page.getByText(/^Edit 2 of 3 · .* by ana$/).waitFor();
    await page.getByText('3 words added · 3 words removed').waitFor();
    t.false((await result.textContent())?.includes('The harbour is shut.'));

    // The text of another session, and how it differs from others.
    await entries.nth(2).click();
    await page.getByText('3 words added', { exact: true }).waitFor();
    const show = page.getByLabel('Show');
    await show.selectOption('Full text');
    await result.locator('.past-title', { hasText: 'The storm' }).waitFor();
    t.deepEqual(await result.locator('.prose > p').allTextContents(), ['It is calm.', 'The wind rises.']);
    await shoot(page, 'history-text');
    await show.selectOption('Compare with the published version (revision 1)');
    await shows('No differences');
    await show.selectOption('Compare with the current draft');
    await result.locator('.removed', { hasText: 'It is calm.' }).waitFor();
    await result.locator('.added', { hasText: 'The harbour is shut.' }).waitFor();
    await page.getByText(/^Changes from this version to the current draft/).waitFor();
    await page.goBack();
    await shows('No differences');
    t.is(await show.inputValue(), '1');
    await page.reload();
    await shows('No differences');

    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Restore' }).click();
    await page.waitForURL(`**/edit/${id}`);
    await holds(page, 'It is calm.The wind rises.');
    t.false((await page.locator('.prose').textContent())?.includes('Ships'));
    await page.getByRole('button', { name: 'History' }).click();
    await entries.filter({ hasText: '4 edits' }).waitFor();
    t.is(await entries.count(), 4, 'the same session goes on, and nothing was published');
    t.deepEqual([...left.complaints, ...right.complaints], []);
    await closeDesks(left, right);
  },
);

test.serial(
  'HIST5 HIST6 a viewer reads the history on a phone, restores nothing, and is told what cannot be shown',
  async (t) => {
    const { app, browser } = t.context;
    const author = await deskOf(t.context);
    const phone = await newDesk(browser, app.origin, false, {
      viewport: { width: 320, height: 568 },
      hasTouch: true,
      isMobile: true,
    });
    const [ana, page] = [await listOf(author, 'ana'), await listOf(phone, 'ben')];
    const id = await written(t.context, ana, page);
    await call(ana, 'PUT', `/${id}/grants/ben`, { level: 'view' });
    await page.goto(`/edit/${id}`);
    await page.getByRole('link', { name: 'History' }).tap();
    await page.getByText(/^Edit 3 of 3/).waitFor();
    await page.getByRole('button', { name: 'Previous edit' }).tap();
    await page.getByText(/^Edit 2 of 3 · .* by ana$/).waitFor();
    await becomes(page, `location.search === '?at=4'`);
    await page.locator('.entry').nth(2).tap();
    await page.getByText('3 words added', { exact: true }).waitFor();
    t.false(await page.getByRole('button', { name: 'Restore this version' }).isVisible());
    const small = `[...document.querySelectorAll('button, a[href], select, input')]
    .filter((one) => one.checkVisibility() && Math.min(one.offsetHeight, one.offsetWidth) < 44).map((one) => one.outerHTML)`;
    t.deepEqual(await page.evaluate(small), []);
    t.true(await page.evaluate('document.scrollingElement.scrollWidth <= innerWidth'));

    await call(ana, 'PUT', `/${id}/draft`, { body: paragraphs('More.') });
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByText('There are newer edits.').waitFor();
    await page.getByRole('button', { name: 'Show them' }).tap();
    await page.locator('.entry', { hasText: '4 edits' }).waitFor();

    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await until(() => page.evaluate<boolean>(`caches.match('${SHELL}').then(Boolean)`));
    await app.kill();
    await page.locator('.entry').last().tap();
    await page.getByText("Couldn't load this version.").waitFor();
    await page.getByRole('alert').filter({ hasText: "Couldn't reach the server." }).waitFor();
    const elsewhere = await phone.context.newPage();
    await elsewhere.goto(`/edit/${id}/history`);
    await elsewhere.getByRole('heading', { name: "Couldn't load the history" }).waitFor();
    await app.start();
    await page.getByRole('button', { name: 'Try again' }).tap();
    await page.locator('.result', { hasText: 'It is calm.' }).waitFor();
    await elsewhere.getByRole('button', { name: 'Try again' }).tap();
    await elsewhere.locator('.entry').first().waitFor();
    t.deepEqual([...author.complaints, ...phone.complaints], []);
    await closeDesks(author, phone);
  },
);
