/** Scripts that are not typed letter by letter from left to right: Japanese by an input method, Arabic by two authors. */
import anyTest, { type TestFn } from 'ava';
import type { CDPSession, Page } from 'playwright-core';
import { editable, holds, newDesk, newDocument, SAVED, says, signIn, text, words } from '../support/browser.ts';
import { until } from '../support/helpers.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana', 'ben']);

/** What a keyboard with an input method sends: each state of what is composed, then the text that was chosen. */
async function compose(input: CDPSession, states: readonly string[]): Promise<void> {
  for (const state of states) {
    // A key that the input method has taken: browsers say no more of it than this.
    await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', windowsVirtualKeyCode: 229 });
    await input.send('Input.imeSetComposition', {
      text: state,
      selectionStart: state.length,
      selectionEnd: state.length,
    });
  }
}
const choose = (input: CDPSession, chosen: string) => input.send('Input.insertText', { text: chosen });

async function inText(stage: Stage): Promise<{ page: Page; input: CDPSession; end: () => Promise<readonly string[]> }> {
  const desk = await newDesk(stage.browser, stage.app.origin);
  const page = await newDocument(desk, 'ana');
  await text(page).focus();
  const input = await desk.context.newCDPSession(page);
  const end = async () => {
    await desk.context.close();
    return desk.complaints;
  };
  return { page, input, end };
}

test.serial('INPUT1 Japanese that is composed arrives as it was chosen, in the middle of a line too', async (t) => {
  const { page, input, end } = await inText(t.context);
  await compose(input, ['に', 'にほ', 'にほんご']);
  await choose(input, '日本語');
  await page.keyboard.press('Enter');
  await page.keyboard.type('[]');
  await page.keyboard.press('ArrowLeft');
  await compose(input, ['と', 'とうきょう']);
  await choose(input, '東京');
  await until(async () => (await words(page)) === '日本語[東京]');
  await says(page, SAVED);
  await page.reload();
  await holds(page, '[東京]');
  t.is(await words(page), '日本語[東京]');
  t.deepEqual(await end(), []);
});

test.serial(
  'INPUT1 the slash menu takes nothing from an input method, and filters by what it has composed',
  async (t) => {
    const { page, input, end } = await inText(t.context);
    const menu = page.getByRole('listbox', { name: 'Insert' });
    await page.keyboard.type('/');
    await menu.waitFor();
    await compose(input, ['ほ', 'ほん']);
    await menu.waitFor({ state: 'hidden' });
    await choose(input, '本');
    await until(async () => (await words(page)) === '/本');
    await page.keyboard.press('Enter');
    // The slash of a Japanese keyboard, and a phone's keyboard that composes words of Latin letters.
    await compose(input, ['／']);
    await choose(input, '／');
    await menu.waitFor();
    await compose(input, ['b', 'bu', 'bul']);
    await until(async () => (await menu.getByRole('option').allTextContents()).join() === 'Bulleted list');
    await choose(input, 'bull');
    await page.keyboard.press('Enter');
    await page.locator('.prose ul > li').waitFor();
    await compose(input, ['い', 'いち']);
    await choose(input, '一');
    await until(async () => (await words(page)) === '/本一');
    t.deepEqual(await end(), []);
  },
);

/** Of the first or last paragraph. */
const directionOf = (page: Page, which: 'first' | 'last'): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector('.prose > p:${which}-of-type')).direction`);

test.serial(
  'INPUT2 two authors write Arabic into one paragraph: both end with the same text, and it runs from the right',
  async (t) => {
    const { page: left, end } = await inText(t.context);
    await left.keyboard.type('السلام');
    await left.getByRole('button', { name: 'Share' }).click();
    await left.getByLabel('Username').fill('ben');
    await left.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
    await left.getByRole('listitem').filter({ hasText: 'ben' }).waitFor();
    await left.getByRole('button', { name: 'Done' }).click();
    const other = await newDesk(t.context.browser, t.context.app.origin);
    const right = await other.context.newPage();
    await right.goto(new URL(left.url()).pathname);
    await signIn(right, 'ben');
    await editable(right);
    await holds(right, 'السلام');

    await text(left).focus();
    await left.keyboard.press('Control+End');
    await text(right).focus();
    await right.keyboard.press('Control+Home');
    await Promise.all([left.keyboard.type(' عليكم'), right.keyboard.type('قال ')]);
    const both = 'قال السلام عليكم';
    for (const page of [left, right]) {
      await until(async () => (await words(page)) === both);
      t.is(await directionOf(page, 'first'), 'rtl');
    }
    await left.keyboard.press('Enter');
    await left.keyboard.type('English');
    await holds(right, 'English');
    t.is(await directionOf(right, 'last'), 'ltr');
    await says(left, SAVED);
    t.deepEqual([...(await end()), ...other.complaints], []);
    await other.context.close();
  },
);
