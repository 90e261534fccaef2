/**
 * `pages`: what the pages cost in a real Chromium. The script that an article and the editor transfer; the first contentful paint and
 * the layout shift of an article on a slow phone (processor 4 times slower, 1.6 Mbit/s, 150 ms round trip; a new profile each
 * time); and how long a letter takes from its key to the next frame in a text of 10,000 words, beside a bare `contenteditable`
 * with the same text. Not measured: GPUs, real networks.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { prose } from '../../support/prose.ts';
import { startPostgres, temporaryFolder } from '../../support/services.ts';
import { openBrowser, type TestBrowser } from '../../support/shared-browser.ts';
import { publish, SLUG } from '../reads/index.ts';
import { type BenchAuthor, createAuthors } from '../support/accounts.ts';
import { quantile } from '../support/process-cost.ts';
import { type ServerProcess, startStet } from '../support/processes.ts';

export interface PagesOptions {
  /** New profiles that open the article. */
  rounds: number;
  /** Letters that are typed in each text. */
  letters: number;
}

const WORDS = 10_000;
const PARAGRAPH = 500;
const KEY_EVERY_MS = 60;
const SLOW_NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const SLOWER_PROCESSOR = 4;
/** After the load: shifts of what comes late. */
const SETTLE_MS = 1_500;

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const rounded = (value: number): number => Number(value.toFixed(1));
const print = (line: object): void => console.log(JSON.stringify(line));

/** Paragraphs of a text of so many words. */
function paragraphs(): string[] {
  const made: string[] = [];
  for (let words = 0; words < WORDS; ) {
    const text = prose(PARAGRAPH, made.length);
    made.push(text);
    words += text.split(' ').length;
  }
  return made;
}

/** Bytes of the scripts that the page loaded, as they were transferred. */
const SCRIPT_BYTES = `performance.getEntriesByType('resource')
  .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

/** First contentful paint in milliseconds, and the sum of all layout shifts. */
const PAINT_AND_SHIFT = `(() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: 'layout-shift', buffered: true });
  return {
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    shift: observer.takeRecords().reduce((sum, { value }) => sum + value, 0),
  };
})()`;

/** From then on letterTimes has the milliseconds from each key until the frame after it was drawn. */
const WATCH_KEYS = `(() => {
  const waiting = [];
  const { port1, port2 } = new MessageChannel();
  globalThis.letterTimes = [];
  port1.onmessage = () => {
    for (const since of waiting.splice(0)) letterTimes.push(performance.now() - since);
  };
  addEventListener('keydown', ({ timeStamp }) => {
    waiting.push(timeStamp);
    requestAnimationFrame(() => port2.postMessage(null));
  }, { capture: true });
})()`;

async function articleOnce(context: BrowserContext, url: string) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW_NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_PROCESSOR });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(SETTLE_MS);
  const { paint, shift } = await page.evaluate<{ paint: number; shift: number }>(PAINT_AND_SHIFT);
  return { paint, shift, script: await page.evaluate<number>(SCRIPT_BYTES) };
}

async function article(browser: TestBrowser, server: ServerProcess, rounds: number): Promise<void> {
  const seen = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    seen.push(await articleOnce(context, `${server.url}/d/${SLUG}`));
    await context.close();
  }
  print({
    page: 'article',
    scriptBytes: seen[0]?.script,
    firstContentfulPaintMs: rounded(quantile(sorted(seen.map(({ paint }) => paint)), 0.5)),
    layoutShift: Math.max(...seen.map(({ shift }) => shift)),
  });
}

/** Milliseconds from each key until the frame after it was drawn. */
async function typed(page: Page, letters: number): Promise<number[]> {
  await page.evaluate(WATCH_KEYS);
  for (let letter = 0; letter < letters; letter += 1) {
    await page.keyboard.press(letter % 6 === 5 ? 'Space' : 'KeyA');
    await page.waitForTimeout(KEY_EVERY_MS);
  }
  return page.evaluate<number[]>('letterTimes');
}

const figures = (times: readonly number[]) => ({
  keyP50Ms: rounded(quantile(sorted(times), 0.5)),
  keyP95Ms: rounded(quantile(sorted(times), 0.95)),
});

async function editor(browser: TestBrowser, server: ServerProcess, author: BenchAuthor, letters: number) {
  const body = paragraphs()
    .map((text) => `<p>${text}</p>`)
    .join('');
  const written = await fetch(`${server.url}/v1/documents/${author.documentId}/draft`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${author.token}`, 'content-type': 'text/html' },
    body,
  });
  if (!written.ok) throw new Error(`${written.status} ${await written.text()}`);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ name: 'stet', value: author.token, url: server.url }]);
  const page = await context.newPage();
  await page.goto(`${server.url}/edit/${author.documentId}`);
  const prosePart = page.locator('.prose[contenteditable="true"]');
  await prosePart.waitFor();
  await prosePart.locator('p').nth(20).click();
  print({
    page: 'editor',
    // Before the first key, with which more is loaded.
    scriptBytes: await page.evaluate<number>(SCRIPT_BYTES),
    ...figures(await typed(page, letters)),
  });
  await context.close();

  const bare = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const floor = await bare.newPage();
  await floor.setContent(`<div contenteditable="true">${body}</div>`);
  await floor.locator('p').nth(20).click();
  print({ page: 'bare contenteditable', ...figures(await typed(floor, letters)) });
  await bare.close();
}

export async function pages({ rounds, letters }: PagesOptions): Promise<void> {
  const postgres = await startPostgres();
  const data = temporaryFolder('bench-pages');
  const server = await startStet({ DATABASE_URL: postgres.url, DATA_DIR: data.path });
  const browser = await openBrowser();
  try {
    const [publisher, writer] = (await createAuthors(postgres.url, 2)) as [BenchAuthor, BenchAuthor];
    await publish(server, publisher.token, 20);
    await article(browser, server, rounds);
    await editor(browser, server, writer, letters);
  } finally {
    await browser.close();
    await server.kill('SIGTERM');
    data.remove();
    await postgres.stop();
  }
}
