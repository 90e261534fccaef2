// What tests of the pages stand on: the program on a database, its pages built, and a browser; made before a file's first test.
import type { ExecutionContext, TestFn } from 'ava';
import { type App, buildApp, startApp } from './browser.ts';
import { openBrowser, type TestBrowser } from './shared-browser.ts';
import { freshDatabase } from './shared-services.ts';

export interface Stage {
  readonly databaseUrl: string;
  readonly app: App;
  readonly browser: TestBrowser;
}

/**
 * Sets a file's tests on a stage, in their context.
 * @param handles authors that are made, with the password of browser.ts
 * @param databaseOf an empty database; left out, one in the shared PostgreSQL
 */
export function setStage<Context extends Stage>(
  test: TestFn<Context>,
  handles: readonly string[],
  databaseOf: (t: ExecutionContext<Context>) => Promise<string> = freshDatabase,
): void {
  test.before(async (t) => {
    const databaseUrl = await databaseOf(t);
    await buildApp();
    const app = await startApp(databaseUrl);
    for (const handle of handles) app.addAuthor(handle);
    Object.assign(t.context as object, { databaseUrl, app, browser: await openBrowser() });
  });
  test.serial.after.always(async (t) => {
    await t.context.browser?.close();
    await t.context.app?.close();
  });
}
