/** Languages and directions in a real browser: in the editor, on the page of readers, in a comparison and in a widget. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Locator, Page } from 'playwright-core';
import { becomes, buildApp, newDesk, shoot } from '../support/browser.ts';
import { createWorld } from '../support/node.ts';
import { openBrowser, type TestBrowser } from '../support/shared-browser.ts';
import { Article } from '../support/viewer.ts';

interface Context {
  browser: TestBrowser;
}
const test = anyTest as TestFn<Context>;

test.before(async (t) => {
  await buildApp();
  t.context = { browser: await openBrowser() };
});
test.after.always(async (t) => {
  await t.context.browser?.close();
});
test.beforeEach((t) => t.timeout(90_000));

const text = (words: string) => [{ type: 'text', text: words }];
const paragraph = (words: string) => ({ type: 'paragraph', content: text(words) });
const BODY = {
  type: 'doc',
  content: [
    paragraph('وصلت العاصفة إلى الساحل بعد منتصف الليل.'),
    paragraph('The storm reached the coast after midnight.'),
    { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('الميناء مغلق')] }] },
    { type: 'blockquote', content: [paragraph('ابقوا في منازلكم')] },
    { type: 'codeBlock', content: text('x = "عاصفة"') },
  ],
};
const DIRECTIONS = ['rtl', 'ltr', 'rtl', 'rtl', 'ltr'];

async function place(t: ExecutionContext<Context>) {
  const world = await createWorld(t);
  const node = await world.node({ LISTENER: 'uws' });
  const ann = await world.author('ann');
  const article = await Article.make(node, ann);
  await article.call('PUT', '/draft', { title: 'العاصفة', body: BODY });
  const { context, complaints } = await newDesk(t.context.browser, node.url);
  t.teardown(async () => {
    await context.close();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  await context.addCookies([{ name: 'stet', value: ann.token, url: node.url }]);
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(path);
    return page;
  };
  return { node, article, open };
}

/** What is used of the page. */
interface PageScope {
  getComputedStyle(element: unknown): { direction: string };
}
const directionsOf = (blocks: Locator): Promise<string[]> =>
  blocks.evaluateAll((elements) =>
    elements.map((element) => (globalThis as unknown as PageScope).getComputedStyle(element).direction),
  );
/** On which sides a list is indented and a quote has its line. */
const SIDES = `(() => {
  const list = getComputedStyle(document.querySelector('.prose ul'));
  const quote = getComputedStyle(document.querySelector('.prose blockquote'));
  return [list.paddingRight !== '0px', list.paddingLeft, quote.borderRightWidth, quote.borderLeftWidth];
})()`;

test('LANG2 blocks run in the direction of their text, in the editor, for readers and in a comparison', async (t) => {
  const { node, article, open } = await place(t);
  const editor = await open(`/edit/${article.id}`);
  await editor.locator('.prose[contenteditable=true] pre').waitFor();
  t.deepEqual(await directionsOf(editor.locator('.prose > *')), DIRECTIONS);
  t.deepEqual(await editor.evaluate(SIDES), [true, '0px', '3px', '0px']);
  t.deepEqual(await directionsOf(editor.locator('textarea.title')), ['rtl']);
  await editor.locator('.prose > p').nth(1).click();
  await editor.keyboard.press('Home');
  await editor.keyboard.type('אבג ');
  await becomes(editor, `getComputedStyle(document.querySelectorAll('.prose > p')[1]).direction === 'rtl'`);
  await editor.getByText(/^Saved/).waitFor();
  await shoot(editor, 'languages-editor');

  await article.publish();
  const page = await open(`/d/${article.slug}`);
  t.deepEqual(await directionsOf(page.locator('.prose > *')), ['rtl', ...DIRECTIONS.toSpliced(1, 1, 'rtl').slice(1)]);
  t.deepEqual(await page.evaluate(SIDES), [true, '0px', '3px', '0px']);
  t.is(await page.locator('html').getAttribute('lang'), 'ar', 'it was guessed');
  await shoot(page, 'languages-page');

  await article.publish('Short.', 'والآن قصير.');
  await page.locator('.prose > p', { hasText: 'Short.' }).waitFor();
  t.deepEqual(await directionsOf(page.locator('.prose > *')), ['ltr', 'rtl'], 'also of what comes later');

  const revisions = await open(`/edit/${article.id}/history`);
  await revisions.locator('.diff-block pre').waitFor();
  t.deepEqual(await directionsOf(revisions.locator('.diff-block.removed > ul, .diff-block.removed > pre')), [
    'rtl',
    'ltr',
  ]);

  const widget = await open(`/embed?document=${article.slug}`);
  await widget.setContent(
    `<script async src="${node.url}/widget.js"></script><stet-widget document="${article.slug}" src="${node.url}"></stet-widget>`,
  );
  await widget.locator('stet-widget [part=body] > p').first().waitFor();
  t.deepEqual(await directionsOf(widget.locator('stet-widget [part=body] > *')), ['ltr', 'rtl']);
  t.is(await widget.locator('stet-widget article').getAttribute('lang'), 'ar');
});

test('LANG1 an editor sees the language of a document and chooses another, which its page then declares', async (t) => {
  const { node, article, open } = await place(t);
  await article.publish();
  const editor = await open(`/edit/${article.id}`);
  await editor.locator('.prose pre').waitFor();
  await becomes(editor, `document.querySelector('.sheet').lang === 'ar'`);
  await editor.locator('header .publish').click();
  const select = editor.getByLabel('Language');
  t.is(await select.inputValue(), 'ar');
  await select.selectOption({ label: 'Persian' });
  await becomes(editor, `document.querySelector('.sheet').lang === 'fa'`);
  await shoot(editor, 'languages-dialog');
  let page = '';
  while (!page.includes('<html lang="fa"')) page = await (await node.call('GET', `/d/${article.slug}`)).text();
  t.true(page.includes('"inLanguage":"fa"'));
});
