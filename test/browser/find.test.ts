/** Find and replace in a real editor. */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import {
  becomes,
  editable,
  holds,
  newDesk,
  newDocument,
  SAVED,
  says,
  signIn,
  text,
  words,
  write,
} from '../support/browser.ts';
import { until } from '../support/helpers.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana', 'ben']);

const find = (page: Page) => page.getByRole('textbox', { name: 'Find', exact: true });
const counts = (page: Page, wanted: string) => page.locator('.find-count').filter({ hasText: wanted }).waitFor();
const marks = (page: Page) => page.locator('.prose .match').allTextContents();

async function withText(stage: Stage, paragraphs: readonly string[]) {
  const desk = await newDesk(stage.browser, stage.app.origin);
  const page = await newDocument(desk, 'ana');
  await text(page).focus();
  for (const [index, paragraph] of paragraphs.entries()) {
    if (index > 0) await page.keyboard.press('Enter');
    await page.keyboard.type(paragraph);
  }
  return { desk, page };
}

test.serial('FIND1 matches are marked, counted and gone through in both directions, round the ends', async (t) => {
  const { desk, page } = await withText(t.context, ['Harbour and harbour', 'the harbourmaster']);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  await find(page).fill('harbour');
  await counts(page, '1 of 3');
  t.deepEqual(await marks(page), ['Harbour', 'harbour', 'harbour']);
  await page.keyboard.press('Enter');
  await counts(page, '2 of 3');
  await page.getByRole('button', { name: 'Next match' }).click();
  await counts(page, '3 of 3');
  await find(page).press('Enter');
  await counts(page, '1 of 3');
  await find(page).press('Shift+Enter');
  await counts(page, '3 of 3');
  await page.getByRole('button', { name: 'Match case' }).click();
  await counts(page, 'of 2');
  await page.getByRole('button', { name: 'Whole word' }).click();
  await counts(page, '1 of 1');
  t.deepEqual(await marks(page), ['harbour']);
  await find(page).fill('lighthouse');
  await counts(page, 'No matches');
  t.deepEqual(await marks(page), []);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});

test.serial('FIND2 Escape returns to the match, and typing goes on there', async (t) => {
  const { desk, page } = await withText(t.context, ['one two three']);
  await page.keyboard.press('Control+f');
  await find(page).fill('two');
  await counts(page, '1 of 1');
  await page.keyboard.press('Escape');
  await find(page).waitFor({ state: 'hidden' });
  await becomes(page, `document.activeElement.classList.contains('prose')`);
  t.is(await page.evaluate('String(getSelection())'), 'two');
  t.deepEqual(await marks(page), []);
  await page.keyboard.type('2');
  t.is(await text(page).textContent(), 'one 2 three');
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});

test.serial(
  'FIND3 one match is replaced and the next one selected; what comes in has the marks of what was there',
  async (t) => {
    const { desk, page } = await withText(t.context, ['**cat** and cat and $cat']);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+h');
    await find(page).fill('cat');
    await page.getByRole('textbox', { name: 'Replace with' }).fill('$& dog');
    await counts(page, '1 of 3');
    await page.getByRole('button', { name: 'Replace', exact: true }).click();
    await counts(page, '1 of 2');
    t.is(await text(page).textContent(), '$& dog and cat and $cat');
    t.is(await page.locator('.prose strong').textContent(), '$& dog');
    t.deepEqual(desk.complaints, []);
    await desk.context.close();
  },
);

test.serial('FIND3 all matches are replaced in one change, which one undo takes back', async (t) => {
  const { desk, page } = await withText(t.context, ['cat cat', 'a cat']);
  await page.keyboard.type(' sat');
  await page.keyboard.press('Control+h');
  await find(page).fill('cat');
  await page.getByRole('textbox', { name: 'Replace with' }).fill('dog');
  await page.getByRole('button', { name: 'Replace all' }).click();
  await counts(page, '3 replaced');
  t.is(await text(page).textContent(), 'dog doga dog sat');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await until(async () => (await text(page).textContent()) === 'cat cata cat sat');
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});

test.serial('FIND4 what a co-author writes meanwhile is found as well, and moves nothing', async (t) => {
  const { desk, page } = await withText(t.context, ['first storm', 'second storm']);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel('Username').fill('ben');
  await page.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'ben' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  const other = await newDesk(t.context.browser, t.context.app.origin);
  const right = await other.context.newPage();
  await right.goto(new URL(page.url()).pathname);
  await signIn(right, 'ben');
  await editable(right);
  await holds(right, 'second storm');

  await text(page).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Control+f');
  await find(page).fill('storm');
  await counts(page, '1 of 2');
  await page.keyboard.press('Enter');
  await counts(page, '2 of 2');
  await text(right).focus();
  await right.keyboard.press('Control+Home');
  await right.keyboard.type('storm ');
  await counts(page, '3 of 3');
  t.deepEqual(await marks(page), ['storm', 'storm', 'storm']);
  t.is(await find(page).inputValue(), 'storm');
  await page.keyboard.press('Escape');
  await page.keyboard.type('calm');
  await holds(page, 'second calm');
  await until(async () => (await words(right)) === 'storm first stormsecond calm');
  t.deepEqual([...desk.complaints, ...other.complaints], []);
  await Promise.all([desk.context.close(), other.context.close()]);
});

test.serial('FIND4 matches follow the text while it is written in', async (t) => {
  const { desk, page } = await withText(t.context, ['storm']);
  await says(page, SAVED);
  await page.keyboard.press('Control+f');
  await find(page).fill('storm');
  await counts(page, '1 of 1');
  await write(page, ' and storm');
  await counts(page, '2 matches');
  t.deepEqual(await marks(page), ['storm', 'storm']);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});
