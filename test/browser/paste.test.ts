/** Pasting in a real browser, under the pages' own policy; and the buttons for tables. */
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { becomes, newDesk, newDocument, SAVED, says, shoot, text, write } from '../support/browser.ts';
import { clipboardHtml } from '../support/clipboard-files.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;
setStage(test, ['ana']);

interface Transfer {
  readonly data?: Readonly<Record<string, string>>;
  /** Names of text files. */
  readonly files?: readonly string[];
}

/** What a browser does when a person pastes or drops; the target is found in the page. */
const transfer = (page: Page, kind: 'paste' | 'drop', { data = {}, files = [] }: Transfer, target = '.prose') =>
  page.evaluate<boolean>(`{
    const transfer = new DataTransfer();
    for (const [type, content] of ${JSON.stringify(Object.entries(data))}) transfer.setData(type, content);
    for (const name of ${JSON.stringify(files)}) transfer.items.add(new File(['content'], name, { type: 'text/plain' }));
    const target = document.querySelector(${JSON.stringify(target)});
    const { left, top } = target.getBoundingClientRect();
    const place = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 };
    const event = '${kind}' === 'paste'
      ? new ClipboardEvent('paste', { ...place, clipboardData: transfer })
      : new DragEvent('drop', { ...place, dataTransfer: transfer });
    !target.dispatchEvent(event);
  }`);

const said = (page: Page, sentence: string) => page.locator('.notice-line').filter({ hasText: sentence }).waitFor();
const labels = (page: Page, selector: string) => page.locator(`.prose ${selector}`).allTextContents();

test.serial(
  'PASTE1 PASTE3 PASTE4 PASTE5 pasted texts keep their structure under the policy of the page, and files are refused',
  async (t) => {
    const desk = await newDesk(t.context.browser, t.context.app.origin);
    const page = await newDocument(desk, 'ana');
    await write(page, 'before');
    await says(page, SAVED);

    // The first one may be there before its converter.
    t.true(await transfer(page, 'paste', { data: { 'text/html': clipboardHtml('google-docs'), 'text/plain': 'x' } }));
    await said(page, 'Not pasted: 1 picture.');
    t.deepEqual(await labels(page, 'strong'), ['north', '170 km/h'], 'not all of it');
    t.deepEqual(await labels(page, 'ul ul li'), ['gusts of 170 km/h']);
    t.deepEqual(await labels(page, 'td'), ['Gauge', 'Height', 'Pier', '']);
    await shoot(page, 'pasted');
    await page.keyboard.press('Control+z');
    await becomes(page, `document.querySelector('.prose').textContent === 'before'`);

    await page.keyboard.press('Enter');
    await transfer(page, 'paste', { data: { 'text/html': clipboardHtml('word'), 'text/plain': 'x' } });
    await said(page, 'Not pasted: 1 picture and 1 comment.');
    t.deepEqual(await labels(page, 'ul ul ul li'), ['at the lighthouse']);
    t.deepEqual(await labels(page, 'ol > li > p'), ['Close the port', 'the inner one', 'Tell the ferries']);
    await page.keyboard.press('Control+z');

    await transfer(page, 'paste', { data: { 'text/plain': '## In figures\n\n| a | b |\n|---|---|\n| c | d |\n' } });
    await page.locator('.prose th', { hasText: 'a' }).waitFor();
    t.deepEqual(await labels(page, 'h2'), ['In figures']);
    await page.keyboard.press('Control+z');
    await page.locator('.prose table').waitFor({ state: 'detached' });

    const paragraphs = await page.locator('.prose').textContent();
    for (const kind of ['paste', 'drop'] as const) {
      for (const target of ['.prose', '.sheet']) {
        await page.evaluate(`document.querySelector('.notice-line').textContent = ''`);
        t.true(await transfer(page, kind, { files: ['notes.txt'] }, target), `${kind} ${target}`);
        await said(page, "Files can't be added to documents yet.");
      }
    }
    t.is(await page.locator('.prose').textContent(), paragraphs);

    const line = `<p style="color: red">${'<span style="font-weight: 700">loud</span> words '.repeat(20)}</p>`;
    await transfer(page, 'paste', { data: { 'text/html': line.repeat(900), 'text/plain': 'x' } });
    await page.locator('.prose > p').nth(900).waitFor();
    await write(page, 'the end');
    await says(page, SAVED);
    t.true((await page.locator('.prose > p').last().textContent())?.endsWith('the end'));
    t.deepEqual(desk.complaints, [], 'the policy has nothing to block');
    await desk.context.close();
  },
);

test.serial(
  'TABLE1 rows, columns and the header of a table have buttons, by keyboard and on a phone too',
  async (t) => {
    const device = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const desk = await newDesk(t.context.browser, t.context.app.origin, false, device);
    const page = await newDocument(desk, 'ana');
    const toolbar = page.getByRole('toolbar', { name: 'Table' });
    const size = async () => [
      await page.locator('.prose tr').count(),
      await page.locator('.prose tr:first-child > *').count(),
    ];
    const becomesSized = (rows: number, columns: number) =>
      becomes(
        page,
        `document.querySelectorAll('.prose tr').length === ${rows} && document.querySelectorAll('.prose tr:first-child > *').length === ${columns}`,
      );
    await text(page).focus();
    await page.keyboard.type('words');
    t.false(await toolbar.isVisible());
    await page.keyboard.press('Control+Alt+t');
    await toolbar.waitFor();
    t.deepEqual(await size(), [3, 3]);
    await shoot(page, 'table');
    await page.setViewportSize(device.viewport);
    for (const { x, y, width, height } of await toolbar
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON())))
      t.true(x >= 0 && x + width <= 390 && y >= 0 && width >= 43.9 && height >= 43.9, `${x} ${y} ${width} ${height}`);
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 390);

    await toolbar.getByRole('button', { name: 'Add row below' }).tap();
    await becomesSized(4, 3);
    await toolbar.getByRole('button', { name: 'Add column before' }).tap();
    await becomesSized(4, 4);
    const header = toolbar.getByRole('button', { name: 'Header row' });
    t.is(await header.getAttribute('aria-pressed'), 'true');
    await header.tap();
    await page.locator('.prose th').first().waitFor({ state: 'detached' });
    await becomes(page, `document.querySelector('[data-command=header-row]').getAttribute('aria-pressed') === 'false'`);

    // By keyboard: to the buttons, along them, and back.
    await page.keyboard.press('Alt+F10');
    await becomes(page, `document.activeElement.dataset.command === 'row-above'`);
    await page.keyboard.press('End');
    await becomes(page, `document.activeElement.dataset.command === 'delete-table'`);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await becomesSized(4, 3);
    await becomes(page, `document.activeElement.classList.contains('prose')`);
    await page.keyboard.type('/');
    await page.locator('#slash-delete-row').tap();
    await becomesSized(3, 3);
    await page.keyboard.press('Alt+F10');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('.prose table').waitFor({ state: 'detached' });
    await toolbar.waitFor({ state: 'hidden' });
    await page.keyboard.type('/');
    await page.getByRole('option', { name: 'Table' }).waitFor();
    t.is(await page.locator('#slash-delete-row').count(), 0);
    t.deepEqual(desk.complaints, []);
    await desk.context.close();
  },
);
