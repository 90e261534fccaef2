/**
 * The whole program as a process of its own, and a real browser before it. The process can be killed and started again on
 * its port; the browser reports what its pages complain of.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { buildSdk } from '../../scripts/build-sdk.mjs';
import { buildWeb } from '../../scripts/build-web.mjs';
import { freePort } from '../../src/embedded/server.ts';
import { ROOT, STET } from './root.ts';
import { temporaryFolder } from './services.ts';
import type { TestBrowser } from './shared-browser.ts';

export const PASSWORD = 'correct horse battery';

export interface App {
  readonly origin: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts again on the same port; ready when it resolves. */
  start(): Promise<void>;
  /** Ends the process in the orderly way. */
  close(): Promise<void>;
}

/** Builds what a node serves, if it has changed. */
export async function buildApp(): Promise<void> {
  await Promise.all([buildWeb({ root: ROOT }), buildSdk({ root: ROOT })]);
}

/** Waits in the page for a condition, and resolves with its value. `page.waitForFunction` compiles an expression anew at each
 * look, which the pages' own policy refuses from the second one on. */
export const becomes = (page: Page, condition: string): Promise<unknown> =>
  page.evaluate(`new Promise((resolve, reject) => {
    (function look() {
      try {
        const value = ${condition};
        if (value) resolve(value);
        else requestAnimationFrame(look);
      } catch (error) {
        reject(error);
      }
    })();
  })`);

/** Starts the program on a database: an empty one, or one with the present schema. */
export async function startApp(databaseUrl: string): Promise<App> {
  const port = await freePort();
  const data = temporaryFolder('browser');
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: '',
    DATA_DIR: data.path,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    RESTART: 'never',
  };
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [STET, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    said = '';
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        if (said.includes('Stet is ready')) resolve();
      };
      started.stdout.on('data', listen);
      started.stderr.on('data', listen);
      started.once('exit', (code) => reject(new Error(`stet start ended with ${code}:\n${said}`)));
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  }

  await start();
  return {
    origin: `http://localhost:${port}`,
    start,
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGTERM');
      data.remove();
    },
  };
}

/** A browser profile of its own: cookies, storage and all. `complaints` gathers what its pages throw or the policy blocks. */
export interface Desk {
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/**
 * @param bypassCSP true: the pages' content policy does not hold, so that nothing hides behind it
 * @param device such as a phone; left out, a desktop computer
 */
export async function newDesk(
  browser: TestBrowser,
  origin: string,
  bypassCSP = false,
  device: BrowserContextOptions = {},
): Promise<Desk> {
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ baseURL: origin, viewport, bypassCSP, ...device });
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  context.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  return { context, complaints };
}

/** Signs in by the form, to which the home page leads. Ends on the page that the form leads to. */
export async function signIn(page: Page, handle: string, password = PASSWORD): Promise<void> {
  if (new URL(page.url()).pathname === '/') await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Username').fill(handle);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in and begins a document; resolves in its editor, when it can be written in. */
export async function newDocument(desk: Desk, handle: string): Promise<Page> {
  const page = await desk.context.newPage();
  await page.goto('/');
  await signIn(page, handle);
  await page.getByRole('button', { name: 'New document' }).click();
  await page.waitForURL('**/edit/*');
  await editable(page);
  return page;
}

export const text = (page: Page): Locator => page.getByRole('textbox', { name: 'Text' });
export const title = (page: Page): Locator => page.getByRole('textbox', { name: 'Title' });

/** Waits until the text can be written in. */
export const editable = (page: Page): Promise<void> => page.locator('.prose[contenteditable="true"]').waitFor();

/** Types at the end of the text. */
export async function write(page: Page, words: string): Promise<void> {
  await text(page).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(words);
}

/** Waits until the status line says this. */
export async function says(page: Page, words: string | RegExp): Promise<void> {
  const status = page.getByRole('status');
  try {
    await status.filter({ hasText: words }).waitFor();
  } catch (error) {
    throw new Error(`the page says ${JSON.stringify(await status.allTextContents())}, not ${words}`, { cause: error });
  }
}

/** Waits until the text of the document holds these words. A failure says what it had instead. */
export async function holds(page: Page, wanted: string): Promise<void> {
  try {
    await page.locator('.prose').filter({ hasText: wanted }).waitFor();
  } catch (error) {
    const seen = await page.locator('#app').textContent();
    throw new Error(`the text never had "${wanted}"; the page shows:\n${seen}`, { cause: error });
  }
}

/** The text as it is in the document, without the names beside the carets. */
export async function words(page: Page): Promise<string> {
  const carets = await page.locator('.caret-name').allTextContents();
  return carets.reduce((left, name) => left.replace(name, ''), (await page.locator('.prose').textContent()) ?? '');
}

export const SAVED = /^Saved · \d\d:\d\d$/;

/** A picture of the page in both widths, for whoever asks for them by `STET_SCREENSHOTS`, a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.STET_SCREENSHOTS;
  if (folder === undefined) return;
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${folder}/${name}-${width}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
