/**
 * Every page, as axe-core sees it: in light and dark, on a desktop computer and on a phone. And what axe does not check: one
 * heading of the first level, and nothing wider than the narrowest window.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import anyTest, { type TestFn } from 'ava';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { becomes, editable, newDesk, signIn } from '../support/browser.ts';
import { type Stage, setStage } from '../support/stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [1280, 390];
const NARROWEST = 320;
/** What ends behind the window's edge. */
const WIDE = `[...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth)
  .map((element) => element.outerHTML.slice(0, 80)).join('; ')`;

/** A dialog scrolls by itself: what is too wide for it does not make the page wider. */
const CLIPPED = `[...document.querySelectorAll('dialog[open]')]
  .filter((dialog) => dialog.scrollWidth > dialog.clientWidth)
  .map((dialog) => dialog.outerHTML.slice(0, 80))`;

interface Made {
  readonly id: string;
  readonly slug: string;
  readonly privateSlug: string;
  readonly emptyId: string;
  /** Never published, with a text. */
  readonly firstId: string;
  readonly liveId: string;
  readonly liveSlug: string;
  /** That cleo may view. */
  readonly sharedId: string;
}
interface Scene {
  /** Signed in as ana, who has documents. */
  readonly author: BrowserContext;
  /** Signed in as ben, who has none. */
  readonly newcomer: BrowserContext;
  /** Signed in as cleo, who may view one of ana's. */
  readonly viewer: BrowserContext;
  readonly stranger: BrowserContext;
  readonly made: Made;
}
const test = anyTest as TestFn<Stage>;
setStage(test, ['ana', 'ben', 'cleo']);

interface Visit {
  readonly name: string;
  readonly who: 'author' | 'newcomer' | 'viewer' | 'stranger';
  readonly path: (made: Made) => string;
  /** Resolves when the page shows what is to be checked. */
  readonly open: (page: Page) => Promise<unknown>;
}

const press = (name: string) => async (page: Page) => {
  await editable(page);
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').waitFor();
};
const edit = ({ id }: Made) => `/edit/${id}`;
async function openPublishing(page: Page): Promise<void> {
  await editable(page);
  await page.locator('.bar .publish').click();
  await page.getByRole('dialog').waitFor();
}

const VISITS: readonly Visit[] = [
  { name: 'sign-in', who: 'stranger', path: () => '/sign-in', open: (page) => page.getByLabel('Username').waitFor() },
  {
    name: 'sign-in from right to left',
    who: 'stranger',
    path: () => '/sign-in',
    open: async (page) => {
      await page.setExtraHTTPHeaders({ 'accept-language': 'ar' });
      await page.reload();
      await page.locator('html[dir=rtl] input').first().waitFor();
    },
  },
  {
    name: 'the home page',
    who: 'stranger',
    path: () => '/',
    open: (page) => page.getByRole('link', { name: 'The storm' }).first().waitFor(),
  },
  {
    name: 'the list of documents',
    who: 'author',
    path: () => '/',
    open: (page) => page.getByRole('link', { name: 'The storm' }).first().waitFor(),
  },
  {
    name: 'the results of a search',
    who: 'author',
    path: () => '/?q=strom',
    open: (page) => page.locator('.title mark').first().waitFor(),
  },
  { name: 'the empty list', who: 'newcomer', path: () => '/', open: (page) => page.locator('.empty').waitFor() },
  {
    name: 'the list that this device keeps',
    who: 'author',
    path: () => '/',
    open: async (page) => {
      await page.getByRole('link', { name: 'The storm' }).first().waitFor();
      await page.route('**/v1/documents*', (route) => route.abort());
      await page.reload();
      await page.getByText('Saved copy from').waitFor();
    },
  },
  { name: 'the editor', who: 'author', path: edit, open: editable },
  {
    name: 'the editor with its search',
    who: 'author',
    path: edit,
    open: async (page) => {
      await editable(page);
      await page.keyboard.press('Control+h');
      await page.getByRole('textbox', { name: 'Find', exact: true }).fill('harbour');
      await page.locator('.prose .match').first().waitFor();
    },
  },
  {
    name: 'the editor with its slash menu',
    who: 'author',
    path: edit,
    open: async (page) => {
      await editable(page);
      await page.locator('.prose').press('Control+End');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.keyboard.type('/');
      await page.getByRole('listbox').waitFor();
    },
  },
  {
    name: 'the publish dialog',
    who: 'author',
    path: edit,
    open: openPublishing,
  },
  {
    name: 'the embed dialog',
    who: 'author',
    path: edit,
    open: async (page) => {
      await openPublishing(page);
      await page.getByRole('button', { name: 'Embed' }).click();
      await page.getByRole('dialog', { name: 'Embed' }).getByLabel('Embed code').waitFor();
    },
  },
  {
    name: 'the publish dialog before the first publication',
    who: 'author',
    path: ({ firstId }) => `/edit/${firstId}`,
    open: async (page) => {
      await openPublishing(page);
      await page.getByText('Who can read this document?').waitFor();
    },
  },
  {
    name: 'the preview',
    who: 'author',
    path: edit,
    open: async (page) => {
      await openPublishing(page);
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByTitle('The page as readers see it').waitFor();
    },
  },
  {
    name: 'what follows a publication',
    who: 'author',
    path: ({ firstId }) => `/edit/${firstId}`,
    open: async (page) => {
      await openPublishing(page);
      await page.getByRole('radio', { name: 'Public' }).check();
      await page.getByRole('button', { name: 'Publish now' }).click();
      await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    },
  },
  {
    name: 'the editor of a live document',
    who: 'author',
    path: ({ liveId }) => `/edit/${liveId}`,
    open: async (page) => {
      await editable(page);
      await page.getByRole('region', { name: 'On air' }).waitFor();
    },
  },
  {
    name: 'the editor with the toolbar of a table',
    who: 'author',
    path: edit,
    open: async (page) => {
      await editable(page);
      await page.locator('.prose td').first().click();
      await page.locator('.table-toolbar').waitFor();
    },
  },
  {
    name: 'a document that may be viewed alone',
    who: 'viewer',
    path: ({ sharedId }) => `/edit/${sharedId}`,
    open: (page) => page.locator('.prose', { hasText: 'harbour' }).waitFor(),
  },
  {
    name: 'a document without access',
    who: 'newcomer',
    path: edit,
    open: (page) => page.getByRole('heading', { name: "You don't have access" }).waitFor(),
  },
  { name: 'the share dialog', who: 'author', path: edit, open: press('Share') },
  { name: 'the link dialog', who: 'author', path: edit, open: press('Link') },
  { name: 'the list of shortcuts', who: 'author', path: edit, open: press('Keyboard shortcuts') },
  {
    name: 'the history',
    who: 'author',
    path: ({ id }) => `/edit/${id}/history?at=1&show=now`,
    open: (page) => page.locator('.result > *').first().waitFor(),
  },
  {
    name: 'the history with a whole text',
    who: 'author',
    path: ({ id }) => `/edit/${id}/history?at=2&show=text`,
    open: (page) => page.locator('.result > *').first().waitFor(),
  },
  {
    name: 'the history of a document without edits',
    who: 'author',
    path: ({ emptyId }) => `/edit/${emptyId}/history`,
    open: (page) => page.getByRole('heading', { name: 'No history yet' }).waitFor(),
  },
  {
    name: 'a published page',
    who: 'stranger',
    path: ({ slug }) => `/d/${slug}`,
    open: (page) => page.locator('article').waitFor(),
  },
  {
    name: 'the page of a live document',
    who: 'stranger',
    path: ({ liveSlug }) => `/d/${liveSlug}`,
    open: (page) => page.locator('.live').waitFor(),
  },
  {
    name: 'a private page, for a stranger',
    who: 'stranger',
    path: ({ privateSlug }) => `/d/${privateSlug}`,
    open: (page) => page.getByRole('heading').waitFor(),
  },
  {
    name: 'an address without a page',
    who: 'stranger',
    path: () => '/nowhere',
    open: (page) => page.getByRole('heading').waitFor(),
  },
  {
    name: 'an address without a page, for an author',
    who: 'author',
    path: () => '/nowhere',
    open: (page) => page.getByRole('link', { name: 'Your documents' }).waitFor(),
  },
  {
    name: 'the embed page',
    who: 'stranger',
    path: ({ slug }) => `/embed?document=${slug}`,
    open: (page) => page.locator('stet-widget [part=body]').waitFor(),
  },
  {
    name: 'the embed page, for an author',
    who: 'author',
    path: () => '/embed',
    open: (page) => page.getByRole('button', { name: 'The storm', exact: true }).waitFor(),
  },
  {
    name: 'a document in a frame',
    who: 'stranger',
    path: ({ slug }) => `/embed/frame/${slug}`,
    open: (page) => page.locator('article').waitFor(),
  },
  {
    name: 'a frame without a document',
    who: 'stranger',
    path: () => '/embed/frame/nothing',
    open: (page) => page.getByRole('heading').waitFor(),
  },
  {
    name: 'the API reference',
    who: 'stranger',
    path: () => '/v1/docs',
    open: (page) => page.getByRole('heading').first().waitFor(),
  },
];

const TEXT = [
  'The **storm** reached the [harbour](https://example.org) at four, ~~not five~~ `wind 12`.',
  '## What we know',
  '- one\n- two\n  1. nested',
  '> A quote of the harbour master.',
  `\`\`\`\n${'a line of code that is wider than a telephone '.repeat(4)}\n\`\`\``,
  '---',
  '| place | wind |\n| --- | --- |\n| Brest | 190 km/h |',
].join('\n\n');

/** Makes documents as whoever is signed in, a public and a private one of them. */
function makeDocuments(page: Page): Promise<Made> {
  return page.evaluate(async (markdown) => {
    async function call(method: string, path: string, type: string, body: string) {
      const answer = await fetch(`/v1/documents${path}`, { method, headers: { 'content-type': type }, body });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      const text = await answer.text();
      return text === '' ? {} : JSON.parse(text);
    }
    async function publish(title: string, visibility: string, more = {}) {
      const { id, slug } = await call('POST', '', 'application/json', JSON.stringify({ title, visibility }));
      await call('PUT', `/${id}/draft`, 'text/markdown', 'First words.');
      await call('PUT', `/${id}/draft`, 'text/markdown', markdown);
      await call('POST', `/${id}/publish`, 'application/json', '{}');
      await call('PATCH', `/${id}`, 'application/json', JSON.stringify({ visibility, ...more }));
      return { id, slug } as { id: string; slug: string };
    }
    const { slug: privateSlug } = await publish('The storm, unseen', 'private');
    const { id: emptyId } = await call('POST', '', 'application/json', JSON.stringify({ title: 'Nothing yet' }));
    const { id: firstId } = await call('POST', '', 'application/json', JSON.stringify({ title: 'The first one' }));
    await call('PUT', `/${firstId}/draft`, 'text/markdown', markdown);
    const shared = await publish('The storm, shared', 'private');
    await call('PUT', `/${shared.id}/grants/cleo`, 'application/json', JSON.stringify({ level: 'view' }));
    const live = await publish('The storm, live', 'public', { live: true });
    const ids = { emptyId: emptyId as string, firstId: firstId as string, sharedId: shared.id };
    const made = await publish('The storm', 'public');
    return { ...made, ...ids, privateSlug, liveId: live.id, liveSlug: live.slug };
  }, TEXT);
}

async function setScene({ app, browser }: Stage): Promise<Scene> {
  const newContext = async () => (await newDesk(browser, app.origin)).context;
  async function enter(context: BrowserContext, handle: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto('/');
    await signIn(page, handle);
    await page.getByRole('button', { name: 'New document' }).waitFor();
    return page;
  }
  const [author, newcomer, viewer, stranger] = [
    await newContext(),
    await newContext(),
    await newContext(),
    await newContext(),
  ];
  const made = await makeDocuments(await enter(author, 'ana'));
  await enter(newcomer, 'ben');
  await enter(viewer, 'cleo');
  return { author, newcomer, viewer, stranger, made };
}
let scene: Promise<Scene> | undefined;
/** The same for all tests of the file; made by the first. */
const sceneOn = (stage: Stage): Promise<Scene> => {
  scene ??= setScene(stage);
  return scene;
};

/** What axe finds, in words. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const options = { runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] };
  const result = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return result.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id} (${help}): ${target}\n${html}\n${failureSummary}`),
  );
}

for (const { name, who, path, open } of VISITS) {
  test.serial(
    `A11Y1 A11Y2 A11Y3 ${name}: axe finds nothing, one main part and heading, nothing too wide`,
    async (t) => {
      const { made, ...visitors } = await sceneOn(t.context);
      const page = await visitors[who].newPage();
      t.teardown(() => page.close());
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.goto(path(made));
      await open(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          t.deepEqual(await violations(page), [], `${colorScheme}, ${width} pixels`);
        }
      }
      t.is(await page.locator('main').count(), 1, 'main');
      t.is(await page.locator('h1').count(), 1, 'h1');
      await page.setViewportSize({ width: NARROWEST, height: 568 });
      await becomes(
        page,
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))',
      );
      const [content, shown] = await page.evaluate<[number, number]>(
        '[document.scrollingElement.scrollWidth, innerWidth]',
      );
      t.true(content <= shown, `${content} pixels wide in a window of ${shown}: ${await page.evaluate(WIDE)}`);
      t.deepEqual(await page.evaluate(CLIPPED), [], 'what an open dialog clips');
    },
  );
}

test.serial('A11Y1 axe sees a fault where there is one', async (t) => {
  const { stranger } = await sceneOn(t.context);
  const page = await stranger.newPage();
  t.teardown(() => page.close());
  await page.goto('/sign-in');
  await page.getByLabel('Username').waitFor();
  await page.evaluate(`document.querySelector('label').remove()`);
  t.regex((await violations(page)).join('\n'), /^label /m);
});
