/** The editor on a phone: everything within the window, large enough for fingers, and clear of the on-screen keyboard. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, editable, newDesk, newDocument, SAVED, says, text, title, write } from '../support/browser.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana']);

const PHONES = [
  { width: 390, height: 844 },
  { width: 320, height: 568 },
];
/** What the pages threw, and what their policy blocked. */
const complained: (readonly string[])[] = [];
test.after('no page complains', (t) => t.deepEqual(complained.flat(), []));

/** What an on-screen keyboard leaves of a window that is 844 high: the pages ask to be resized by it. */
const WITH_KEYBOARD = 508;

/** What is smaller than 44 pixels, of all that is shown to be touched. */
const TOO_SMALL = `[...document.querySelectorAll('button, a[href], select, input, [role=option]')]
  .filter((element) => element.checkVisibility() && !element.matches('.visually-hidden, [type=radio]'))
  .map((element) => ({ element, box: element.getBoundingClientRect() }))
  .filter(({ box }) => box.width < 43.9 || box.height < 43.9)
  .map(({ element, box }) => element.outerHTML.slice(0, 120) + ': ' + box.width + ' × ' + box.height)`;

async function onPhone(t: ExecutionContext<Stage>, viewport = PHONES[0]!): Promise<Page> {
  const device = { viewport, hasTouch: true, isMobile: true };
  const desk = await newDesk(t.context.browser, t.context.app.origin, false, device);
  const page = await newDocument(desk, 'ana');
  complained.push(desk.complaints);
  t.teardown(() => desk.context.close());
  return page;
}

/** Where an element is, relative to the window. */
async function boxOf(
  page: Page,
  selector: string,
): Promise<{ left: number; right: number; top: number; bottom: number }> {
  return await page.locator(selector).evaluate((element) => element.getBoundingClientRect().toJSON());
}

for (const viewport of PHONES) {
  test.serial(
    `PHONE1 at ${viewport.width} pixels undo, redo and link are in the window, and all buttons can be reached`,
    async (t) => {
      const page = await onPhone(t, viewport);
      await write(page, 'words');
      for (const id of ['undo', 'redo', 'link']) {
        const { left, right } = await boxOf(page, `[data-command=${id}]`);
        t.true(left >= 0 && right <= viewport.width, `${id}: ${left} to ${right}`);
      }
      for (const id of await page
        .locator('.toolbar .tool')
        .evaluateAll((all) => all.map((one) => one.dataset.command))) {
        await page.locator(`[data-command=${id}]`).scrollIntoViewIfNeeded();
        const { left, right } = await boxOf(page, `[data-command=${id}]`);
        t.true(left >= 0 && right <= viewport.width, `${id}: ${left} to ${right}`);
      }
      await page.locator('[data-command=undo]').tap();
      await becomes(page, `document.querySelector('.prose').textContent === ''`);
      await page.locator('[data-command=redo]').tap();
      await becomes(page, `document.querySelector('.prose').textContent === 'words'`);
      await page.locator('[data-command=link]').tap();
      await page.getByRole('dialog', { name: 'Link' }).waitFor();
    },
  );
}

test.serial('PHONE2 what is touched is at least 44 pixels high and wide', async (t) => {
  const page = await onPhone(t);
  await text(page).tap();
  await page.keyboard.type('/');
  await page.getByRole('listbox', { name: 'Insert' }).waitFor();
  const small = () => page.evaluate<string[]>(TOO_SMALL);
  t.deepEqual(await small(), []);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+f');
  await page.getByRole('button', { name: 'Replace…' }).tap();
  await page.getByRole('textbox', { name: 'Replace with' }).waitFor();
  t.deepEqual(await small(), []);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Share' }).tap();
  await page.getByRole('dialog').waitFor();
  t.deepEqual(await small(), []);
});

test.serial('PHONE3 nothing lies under the on-screen keyboard', async (t) => {
  const page = await onPhone(t);
  await text(page).tap();
  await page.setViewportSize({ width: 390, height: WITH_KEYBOARD });
  for (let line = 0; line < 30; line += 1) await page.keyboard.press('Enter');
  await page.keyboard.type('/');
  const isInWindow = (box: { left: number; right: number; top: number; bottom: number }) =>
    box.left >= 0 && box.right <= 390 && box.top >= 0 && box.bottom <= WITH_KEYBOARD;
  await page.getByRole('listbox', { name: 'Insert' }).waitFor();
  for (const selector of ['.slash-menu', '.prose > p:last-child', '[data-command=undo]']) {
    const box = await boxOf(page, selector);
    t.true(isInWindow(box), `${selector}: ${JSON.stringify(box)}`);
  }
  const option = page.getByRole('option', { name: 'Divider' });
  await option.scrollIntoViewIfNeeded();
  await option.tap();
  await page.locator('.prose hr').waitFor();
  await page.locator('[data-command=find]').tap();
  await page.getByRole('textbox', { name: 'Find', exact: true }).waitFor();
  const box = await boxOf(page, '.find-bar');
  t.true(isInWindow(box), JSON.stringify(box));
});

test.serial('KEYS4 on a phone a document with a text opens for reading: no keyboard rises over it', async (t) => {
  const page = await onPhone(t);
  await becomes(page, `document.activeElement.matches('.title')`);
  await title(page).fill('Named');
  await write(page, 'words');
  await says(page, SAVED);
  await page.reload();
  await editable(page);
  t.true(await page.evaluate('document.activeElement === document.body'));
});
