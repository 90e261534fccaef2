/** A document that shows its draft live, as its authors see it: a bar says so, and one click ends it. */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import {
  type Desk,
  editable,
  holds,
  newDocument,
  SAVED,
  says,
  shoot,
  signIn,
  title,
  write,
} from '../support/browser.ts';
import { closeDesks, deskOf, type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;

setStage(test, ['ana', 'ben']);

const bar = (page: Page) => page.getByRole('region', { name: 'On air' });
const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';

/** Calls the API as the page's user. */
async function call(page: Page, method: string, path: string, body?: object): Promise<number> {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(path, { method, ...(body === '' ? {} : { headers, body }) })).status;
    },
    [method, path, body === undefined ? '' : JSON.stringify(body)] as const,
  );
}

/** A public document of ana's that ben may edit, shown live; in her editor. */
async function onAir(author: Desk): Promise<{ page: Page; address: string }> {
  const page = await newDocument(author, 'ana');
  await title(page).fill('Storm over the coast');
  await write(page, 'The harbour is closed.');
  await says(page, SAVED);
  const path = `/v1/documents/${idOf(page)}`;
  await call(page, 'PUT', `${path}/grants/ben`, { level: 'edit' });
  await call(page, 'PATCH', path, { visibility: 'public', slug: `storm-${idOf(page)}` });
  await call(page, 'POST', `${path}/publish`);
  await page.locator('.bar .publish').click();
  await page.getByRole('dialog').getByText('Readers see the latest version.').waitFor();
  await page.getByRole('dialog').getByRole('switch', { name: 'Live' }).check();
  await page.keyboard.press('Escape');
  return { page, address: `/d/storm-${idOf(page)}` };
}

test.serial('ONAIR1 a bar shows every author that the document is on air, and how many read it now', async (t) => {
  const [ana, ben, anyone] = [await deskOf(t.context), await deskOf(t.context), await deskOf(t.context)];
  const other = await ben.context.newPage();
  const { page, address } = await onAir(ana);
  await bar(page).getByText('On air · 0 readers').waitFor();
  await bar(page).getByText('Readers see every change as you type.').waitFor();
  await other.goto(new URL(page.url()).pathname);
  await signIn(other, 'ben');
  await holds(other, 'The harbour is closed.');
  await bar(other).getByText('On air').waitFor();
  await bar(other).getByRole('button', { name: 'Stop live updates' }).waitFor();

  const reader = await anyone.context.newPage();
  await reader.goto(address);
  await reader.locator('.live').waitFor();
  for (const author of [page, other]) await bar(author).getByText('On air · 1 reader').waitFor();
  await page.reload();
  await editable(page);
  await bar(page).getByText('On air · 1 reader').waitFor();
  await shoot(page, 'on-air');
  await reader.close();
  await bar(other).getByText('On air · 0 readers').waitFor();
  t.deepEqual([...ana.complaints, ...ben.complaints, ...anyone.complaints], []);
  await closeDesks(ana, ben, anyone);
});

test.serial(
  'ONAIR2 one click ends it for readers and co-authors, says what readers see, and can be undone',
  async (t) => {
    const [ana, ben, anyone] = [await deskOf(t.context), await deskOf(t.context), await deskOf(t.context)];
    const other = await ben.context.newPage();
    const { page, address } = await onAir(ana);
    await other.goto(new URL(page.url()).pathname);
    await signIn(other, 'ben');
    await bar(other).waitFor();
    await write(page, ' Ferries are cancelled.');
    await says(page, SAVED);
    const reader = await anyone.context.newPage();
    await reader.goto(address);
    await reader.locator('.prose', { hasText: 'Ferries' }).waitFor();

    await bar(page).getByRole('button', { name: 'Stop live updates' }).click();
    await bar(page).getByText('Live updates are off. Readers see revision 1').waitFor();
    await bar(page).locator('button:focus', { hasText: 'Turn live updates back on' }).waitFor();
    await shoot(page, 'on-air-ended');
    await bar(other).waitFor({ state: 'hidden' });
    await reader.locator('.live').waitFor({ state: 'hidden' });

    await page.keyboard.press('Enter');
    await bar(page).getByText('On air').first().waitFor();
    await bar(other).waitFor();
    await reader.locator('.live').waitFor();

    await bar(page).getByRole('button', { name: 'Stop live updates' }).click();
    await bar(page).getByRole('button', { name: 'Close' }).click();
    await bar(page).waitFor({ state: 'hidden' });
    t.deepEqual([...ana.complaints, ...ben.complaints, ...anyone.complaints], []);
    await closeDesks(ana, ben, anyone);
  },
);
