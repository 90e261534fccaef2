// What tests of the pages stand on: the program on a database, its pages built, and a browser; made before a file's first test.

import type { ExecutionContext, TestFn } from 'ava';
import { OPERATOR } from '../../src/ports/actor.ts';
import { createPasswords } from '../../src/storage/postgres/accounts/passwords.ts';
import { createUserStore } from '../../src/storage/postgres/accounts/users.ts';
import { type App, buildApp, type Desk, newDesk, PASSWORD, startApp } from './browser.ts';
import { openOrm } from './orm.ts';
import { openBrowser, type TestBrowser } from './shared-browser.ts';
import { migratedDatabase } from './shared-services.ts';

export interface Stage {
  readonly databaseUrl: string;
  readonly app: App;
  readonly browser: TestBrowser;
}

/** As `stet user add` does, without a process for each. */
async function addAuthors(databaseUrl: string, handles: readonly string[]): Promise<void> {
  const orm = await openOrm(databaseUrl, 1);
  const users = createUserStore(orm, createPasswords({ parallel: 1, queued: handles.length }), { now: Date.now });
  for (const handle of handles) {
    const made = await users.create({ handle, password: PASSWORD, role: 'author' }, OPERATOR);
    if (!made.ok) throw new Error(made.reason);
  }
  await orm.close();
}

/**
 * Sets a file's tests on a stage, in their context.
 * @param handles authors that are made, with the password of browser.ts
 * @param databaseOf a database; left out, one in the shared PostgreSQL
 */
export function setStage<Context extends Stage>(
  test: TestFn<Context>,
  handles: readonly string[],
  databaseOf: (t: ExecutionContext<Context>) => Promise<string> = migratedDatabase,
): void {
  test.before(async (t) => {
    const databaseUrl = await databaseOf(t);
    await buildApp();
    const app = await startApp(databaseUrl);
    await addAuthors(databaseUrl, handles);
    Object.assign(t.context as object, { databaseUrl, app, browser: await openBrowser() });
  });
  test.serial.after.always(async (t) => {
    await t.context.browser?.close();
    await t.context.app?.close();
  });
}

/** A desk before the program. */
export const deskOf = ({ browser, app }: Pick<Stage, 'browser' | 'app'>): Promise<Desk> => newDesk(browser, app.origin);

export async function closeDesks(...desks: readonly Pick<Desk, 'context'>[]): Promise<void> {
  await Promise.all(desks.map(({ context }) => context.close()));
}
