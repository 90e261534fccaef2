/** Writing by keyboard alone: every command by its key, its button and the slash menu; and a way in and out of each part. */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, newDesk, newDocument, text, title, write } from '../support/browser.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana', 'ben']);

/** A document with its focus in the text; `run` has the page. */
async function inText(stage: Stage, run: (page: Page) => Promise<void>): Promise<readonly string[]> {
  const desk = await newDesk(stage.browser, stage.app.origin);
  const page = await newDocument(desk, 'ana');
  await text(page).focus();
  await run(page);
  await desk.context.close();
  return desk.complaints;
}

/** Waits until an element with the focus is in what the selector finds. */
const focusIn = (page: Page, selector: string) =>
  becomes(page, `document.activeElement.closest(${JSON.stringify(selector)}) !== null`);
const shows = (page: Page, selector: string) => page.locator(`.prose ${selector}`).first().waitFor();

/** Command: its key, and what it makes of the line "word" that is selected or has the cursor. */
const MADE = {
  bold: ['Control+b', 'strong'],
  italic: ['Control+i', 'em'],
  strike: ['Control+Shift+s', 's'],
  code: ['Control+e', 'p > code'],
  heading: ['Control+Alt+2', 'h2'],
  subheading: ['Control+Alt+3', 'h3'],
  bullets: ['Control+Shift+8', 'ul > li'],
  numbers: ['Control+Shift+7', 'ol > li'],
  quote: ['Control+Shift+b', 'blockquote'],
  'code-block': ['Control+Alt+c', 'pre > code'],
  rule: ['Control+Alt+r', 'hr'],
  table: ['Control+Alt+t', 'table'],
} as const;

/** A new, empty line at the end, in a paragraph. */
async function emptyLine(page: Page): Promise<void> {
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Control+Alt+0');
  await page.keyboard.press('Backspace');
}

/** Types a word and selects it; the editor hears of a selection with the browser's next frame. */
async function selectedWord(page: Page): Promise<void> {
  await page.keyboard.type('word');
  await page.keyboard.press('Shift+Home');
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
}

test.serial('KEYS1 every mark and block is made by its key', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    for (const [id, [keys, made]] of Object.entries(MADE)) {
      await emptyLine(page);
      await selectedWord(page);
      await page.keyboard.press(keys);
      await t.notThrowsAsync(shows(page, made), id);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Link' }).waitFor();
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS1 every mark and block is made by its button', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    const toolbar = page.getByRole('toolbar', { name: 'Formatting' });
    for (const [id, [, made]] of Object.entries(MADE)) {
      await emptyLine(page);
      await selectedWord(page);
      await toolbar.locator(`[data-command="${id}"]`).click();
      await t.notThrowsAsync(shows(page, made), id);
    }
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.prose table').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Redo' }).click();
    await shows(page, 'table');
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS1 every mark and block is made from the slash menu', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    const menu = page.getByRole('listbox', { name: 'Insert' });
    await page.keyboard.type('/');
    const ids = await menu.getByRole('option').evaluateAll((options) => options.map(({ id }) => id));
    t.deepEqual(ids.toSorted(), [...Object.keys(MADE), 'link', 'paragraph'].map((id) => `slash-${id}`).toSorted());
    for (const [id, [, made]] of Object.entries(MADE)) {
      await emptyLine(page);
      await page.keyboard.type('/');
      await menu.locator(`#slash-${id}`).click();
      await menu.waitFor({ state: 'hidden' });
      await page.keyboard.type('word');
      await t.notThrowsAsync(shows(page, made), id);
      t.notRegex((await text(page).textContent()) ?? '', /\//, id);
    }
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS2 the slash menu filters, moves and takes by keys, and says which item is active', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    const menu = page.getByRole('listbox', { name: 'Insert' });
    const active = async () => await text(page).getAttribute('aria-activedescendant');
    await page.keyboard.type('/list');
    t.deepEqual(await menu.getByRole('option').allTextContents(), ['Bulleted list', 'Numbered list']);
    t.is(await active(), 'slash-bullets');
    await page.keyboard.press('ArrowDown');
    t.is(await active(), 'slash-numbers');
    t.is(await page.locator('#slash-numbers').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('ArrowDown');
    t.is(await active(), 'slash-bullets', 'round');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await shows(page, 'ol > li');
    t.is(await active(), null);
    await page.keyboard.type('one');
    t.is(await page.locator('.prose li').textContent(), 'one');
  });
  t.deepEqual(complaints, []);
});

test.serial(
  'KEYS2 the slash menu leaves text alone: after Escape, without a match, inside a line and out of focus',
  async (t) => {
    const complaints = await inText(t.context, async (page) => {
      const menu = page.getByRole('listbox', { name: 'Insert' });
      const paragraph = () => page.locator('.prose > p').last().textContent();
      await page.keyboard.type('/');
      await menu.waitFor();
      await page.keyboard.press('Escape');
      await menu.waitFor({ state: 'hidden' });
      await page.keyboard.type('etc/hosts');
      t.is(await paragraph(), '/etc/hosts');
      t.false(await menu.isVisible());
      await page.keyboard.press('Enter');
      await page.keyboard.type('/zzz');
      await menu.waitFor({ state: 'hidden' });
      await page.keyboard.press('Enter');
      await page.keyboard.type('either/or');
      t.is(await paragraph(), 'either/or');
      t.false(await menu.isVisible());
      await page.keyboard.press('Enter');
      await page.keyboard.type('/');
      await menu.waitFor();
      await title(page).focus();
      await menu.waitFor({ state: 'hidden' });
      t.is(await paragraph(), '/');
    });
    t.deepEqual(complaints, []);
  },
);

test.serial('KEYS3 Tab indents in lists and never leaves them; Escape, then Tab does', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    await page.keyboard.type('- one');
    await shows(page, 'ul > li');
    await page.keyboard.press('Tab');
    await page.keyboard.type('!');
    t.is(await page.locator('.prose li').textContent(), 'one!', 'the first item cannot be indented');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Tab');
    await shows(page, 'ul ul > li');
    await page.keyboard.press('Shift+Tab');
    await page.locator('.prose ul ul').waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await shows(page, 'ul ul > li');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    await focusIn(page, '.title');
    await shows(page, 'ul ul > li');
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS3 Tab in code is a tab, and in a paragraph it moves on', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    await page.keyboard.type('``` ');
    await shows(page, 'pre');
    await page.keyboard.press('Tab');
    await page.keyboard.type('x');
    t.is(await page.locator('.prose pre').textContent(), '\tx');
    await emptyLine(page);
    await page.keyboard.type('word');
    await page.keyboard.press('Shift+Tab');
    await focusIn(page, '.title');
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS3 Alt+F10 leads to the toolbar, and Escape back', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    await page.keyboard.press('Alt+F10');
    await focusIn(page, '[role=toolbar]');
    await page.keyboard.press('End');
    await focusIn(page, '[data-command=shortcuts]');
    await page.keyboard.press('ArrowRight');
    await focusIn(page, '[data-command=undo]');
    await page.keyboard.press('Escape');
    await focusIn(page, '.prose');
    await page.keyboard.type('on');
    t.is(await text(page).textContent(), 'on');
  });
  t.deepEqual(complaints, []);
});

test.serial('KEYS4 a document opens with the focus in its title while that is empty, else in its text', async (t) => {
  const desk = await newDesk(t.context.browser, t.context.app.origin);
  const page = await newDocument(desk, 'ana');
  await focusIn(page, '.title');
  await page.keyboard.type('Named');
  await write(page, 'words');
  await page
    .getByRole('status')
    .filter({ hasText: /^Saved/ })
    .waitFor();
  await page.reload();
  await focusIn(page, '.prose');
  await page.keyboard.type('First ');
  t.is(await text(page).textContent(), 'First words');
  t.is(await page.evaluate('scrollY'), 0);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});

test.serial('KEYS5 the list of shortcuts opens by "?", Ctrl+/ and its button, and has every command', async (t) => {
  const complaints = await inText(t.context, async (page) => {
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await page.keyboard.type('?');
    t.is(await text(page).textContent(), '?', 'a character in the text');
    await page.keyboard.press('Control+/');
    await dialog.waitFor();
    const rows = await dialog.locator('dl > div').allTextContents();
    const labels = await page.locator('.toolbar .tool').evaluateAll((all) => all.map((one) => one.ariaLabel));
    for (const label of labels)
      t.true(
        rows.some((row) => row.startsWith(label ?? '-')),
        label ?? 'no label',
      );
    t.true(rows.includes('BoldCtrl+B'));
    t.true(rows.includes('Leave the textEsc then Tab'));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.keyboard.press('Alt+F10');
    await page.keyboard.press('?');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await dialog.waitFor();
  });
  t.deepEqual(complaints, []);
});
