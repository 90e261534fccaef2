// One Chromium for all test files: the test runner starts it and passes its address by environment; a file run by hand launches its
// own. Files do not see each other: each connection has its own contexts. A shared browser that crashed fails the tests that used
// it at that moment; the next context of each file is in a browser that the file launches itself.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { SHARED } from './shared-addresses.ts';
import { findChromium } from './tools.ts';

export interface TestBrowser {
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Closes this file's contexts. */
  close(): Promise<void>;
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function options(): { executablePath: string; args: string[] } {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no chromium: install it (for example "apt-get install chromium")');
  return { executablePath, args: ARGS };
}

export interface BrowserServer {
  readonly url: string;
  /** Of the process group that the browser's processes are in. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** A Chromium that several processes can connect to. Ends with this process, however it ends. */
export async function startBrowserServer(): Promise<BrowserServer> {
  // Signals are for the runner: Playwright would end the process.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const server = await chromium.launchServer({ ...options(), ...signals, host: '127.0.0.1' });
  const pid = server.process().pid;
  if (pid === undefined) throw new Error('chromium has no process');
  return { url: server.wsEndpoint(), pid, stop: () => server.close() };
}

/** Longer than any page takes on a machine with other work: the timeout of the test ends what never comes. Milliseconds. */
const PATIENCE_MS = 60_000;

const launch = (): Promise<Browser> => chromium.launch(options());

/** @param url of a shared browser; undefined: this file launches its own */
export async function openBrowser(url = process.env[SHARED.browser]): Promise<TestBrowser> {
  // One that cannot be reached has crashed.
  let browser = url === undefined ? launch() : chromium.connect(url).catch(launch);
  await browser;
  return {
    async newContext(options) {
      const present = browser;
      let context: BrowserContext;
      try {
        context = await (await present).newContext(options);
      } catch {
        // It has crashed, whether or not its connection says so already.
        if (browser === present) browser = launch();
        context = await (await browser).newContext(options);
      }
      context.setDefaultTimeout(PATIENCE_MS);
      return context;
    },
    async close() {
      await (await browser).close();
    },
  };
}
