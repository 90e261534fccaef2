/** An author in a real browser before the whole program: what is shown is true, and nothing typed is gone. */
import anyTest, { type TestFn } from 'ava';
import {
  editable,
  holds,
  newDesk,
  newDocument,
  SAVED,
  says,
  shoot,
  signIn,
  text,
  title,
  words,
  write,
} from '../support/browser.ts';
import { until } from '../support/helpers.ts';
import { startPostgres, type TestPostgres } from '../support/services.ts';
import { type Stage, setStage } from '../support/stage.ts';

interface Context extends Stage {
  postgres: TestPostgres;
}
const test = anyTest as TestFn<Context>;

// A PostgreSQL of its own: it is stopped.
setStage(test, ['ana', 'ben'], async (t) => {
  t.context.postgres = await startPostgres();
  return await t.context.postgres.createDatabase();
});
test.serial.after.always((t) => t.context.postgres?.stop());

test.serial('a wrong password is reported, the right one leads to the requested page', async (t) => {
  const { context, complaints } = await newDesk(t.context.browser, t.context.app.origin);
  const page = await context.newPage();
  const asked = '/edit/00000000-0000-4000-8000-000000000000';
  await page.goto(asked);
  await signIn(page, 'ana', 'not the password');
  await page.getByRole('alert').filter({ hasText: 'Incorrect username or password' }).waitFor();
  await signIn(page, 'ana');
  await page.waitForURL(`**${asked}`);
  await page.getByRole('heading', { name: "You don't have access" }).waitFor();
  t.deepEqual(complaints, []);
  await context.close();
});

test.serial('I1 saved text is there after a reload and on another device, and its title in the list', async (t) => {
  const { browser, app } = t.context;
  const desk = await newDesk(browser, app.origin);
  const page = await newDocument(desk, 'ana');
  await page.keyboard.type('The last winter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('The lamp was lit at four.');
  await says(page, SAVED);
  await page.reload();
  await holds(page, 'The lamp was lit at four.');

  const elsewhere = await newDesk(browser, app.origin);
  const other = await elsewhere.context.newPage();
  await other.goto('/');
  await signIn(other, 'ana');
  await other.getByRole('link', { name: 'The last winter' }).click();
  await holds(other, 'The lamp was lit at four.');
  t.is(await title(other).inputValue(), 'The last winter');
  t.deepEqual([...desk.complaints, ...elsewhere.complaints], []);
  await Promise.all([desk.context.close(), elsewhere.context.close()]);
});

test.serial('two authors on the same text see each other and end with the same text', async (t) => {
  const { browser, app } = t.context;
  const ana = await newDesk(browser, app.origin);
  const ben = await newDesk(browser, app.origin);
  const left = await newDocument(ana, 'ana');
  await write(left, 'Beginning.');
  await left.getByRole('button', { name: 'Share' }).click();
  await left.getByLabel('Username').fill('ben');
  await left.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
  await left.getByRole('listitem').filter({ hasText: 'ben' }).waitFor();
  await left.getByRole('button', { name: 'Done' }).click();

  const right = await ben.context.newPage();
  await right.goto(new URL(left.url()).pathname);
  await signIn(right, 'ben');
  await editable(right);
  await holds(right, 'Beginning.');
  await text(right).focus();
  await right.keyboard.press('Control+Home');
  await Promise.all([write(left, ' From the left.'), right.keyboard.type('From the right. ')]);

  const both = 'From the right. Beginning. From the left.';
  await left.locator('.presence').getByText('ben').waitFor();
  await left.locator('.caret-name', { hasText: 'ben' }).waitFor({ state: 'attached' });
  await right.locator('.presence').getByText('ana').waitFor();
  for (const page of [left, right]) await until(async () => (await words(page)) === both);
  await says(left, SAVED);
  await says(right, SAVED);
  t.deepEqual([...ana.complaints, ...ben.complaints], []);
  await Promise.all([ana.context.close(), ben.context.close()]);
});

test.serial(
  'I1 while the database is down nothing is shown as saved; it is saved when the database is back',
  async (t) => {
    const { browser, app, postgres } = t.context;
    const desk = await newDesk(browser, app.origin);
    const page = await newDocument(desk, 'ana');
    await write(page, 'Before.');
    await says(page, SAVED);
    await postgres.stopImmediate();
    await write(page, ' Meanwhile.');
    await page
      .getByRole('status')
      .filter({ hasNotText: /^Saved/ })
      .waitFor();
    await postgres.start();
    await says(page, SAVED);

    const elsewhere = await newDesk(browser, app.origin);
    const other = await elsewhere.context.newPage();
    await other.goto(new URL(page.url()).pathname);
    await signIn(other, 'ana');
    await holds(other, 'Before. Meanwhile.');
    t.deepEqual(desk.complaints, []);
    await Promise.all([desk.context.close(), elsewhere.context.close()]);
  },
);

test.serial(
  'I1 with the server killed the text is kept on the device, over a reload too, and sent when it is back',
  async (t) => {
    const { browser, app } = t.context;
    const desk = await newDesk(browser, app.origin);
    const page = await newDocument(desk, 'ana');
    await title(page).fill('Kept');
    await write(page, 'Before.');
    await says(page, SAVED);
    await until(() =>
      page.evaluate<boolean>(`caches.match('/edit/00000000-0000-0000-0000-000000000000').then(Boolean)`),
    );
    await app.kill();
    await write(page, ' Without a server.');
    await says(page, 'Offline – changes kept on this device');
    await page.reload();
    await holds(page, 'Before. Without a server.');
    await says(page, 'Offline – changes kept on this device');
    t.is(await title(page).inputValue(), 'Kept');
    await editable(page);
    await write(page, ' After a reload.');
    await app.start();
    await says(page, SAVED);

    const elsewhere = await newDesk(browser, app.origin);
    const other = await elsewhere.context.newPage();
    await other.goto(new URL(page.url()).pathname);
    await signIn(other, 'ana');
    await holds(other, 'Before. Without a server. After a reload.');
    t.deepEqual(desk.complaints, []);
    await Promise.all([desk.context.close(), elsewhere.context.close()]);
  },
);

test.serial(
  'what the socket did not bring before the window closed is brought by the page that goes away',
  async (t) => {
    const { browser, app } = t.context;
    const desk = await newDesk(browser, app.origin);
    let isHeld = false;
    await desk.context.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        if (!isHeld) server.send(message);
      });
    });
    const page = await newDocument(desk, 'ana');
    const path = new URL(page.url()).pathname;
    await write(page, 'Before.');
    await says(page, SAVED);
    isHeld = true;
    await write(page, ' The last words.');
    await says(page, 'Saving…');
    await page.close({ runBeforeUnload: true });

    const elsewhere = await newDesk(browser, app.origin);
    const other = await elsewhere.context.newPage();
    await other.goto(path);
    await signIn(other, 'ana');
    await holds(other, 'Before. The last words.');
    t.deepEqual(desk.complaints, []);
    await Promise.all([desk.context.close(), elsewhere.context.close()]);
  },
);

test.serial('I6 a viewer can read and not write, and loses the text with the access', async (t) => {
  const { browser, app } = t.context;
  const ana = await newDesk(browser, app.origin);
  const ben = await newDesk(browser, app.origin);
  const owner = await newDocument(ana, 'ana');
  await write(owner, 'Only to be read.');
  await owner.getByRole('button', { name: 'Share' }).click();
  await owner.getByLabel('Username').fill('ben');
  await owner.getByLabel('Permission', { exact: true }).selectOption('view');
  await owner.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
  await owner.getByRole('listitem').filter({ hasText: 'ben' }).waitFor();

  const reader = await ben.context.newPage();
  await reader.goto(new URL(owner.url()).pathname);
  await signIn(reader, 'ben');
  await holds(reader, 'Only to be read.');
  await says(reader, 'Read-only');
  t.is(await text(reader).getAttribute('contenteditable'), 'false');
  t.is(await title(reader).getAttribute('readonly'), '');
  t.false(await reader.getByRole('toolbar').isVisible());
  t.false(await reader.getByRole('button', { name: 'Share' }).isVisible());

  await owner.getByLabel('Permission for ben').selectOption('edit');
  await editable(reader);
  await owner.getByRole('button', { name: 'Remove ben' }).click();
  await reader.getByRole('heading', { name: 'You no longer have access' }).waitFor();
  t.is(await text(reader).count(), 0);
  t.deepEqual([...ana.complaints, ...ben.complaints], []);
  await Promise.all([ana.context.close(), ben.context.close()]);
});

test.serial('STATE1 the end of a session during writing is shown, and nothing typed is lost', async (t) => {
  const { browser, app } = t.context;
  const desk = await newDesk(browser, app.origin);
  const page = await newDocument(desk, 'ana');
  await write(page, 'Before.');
  await says(page, SAVED);
  const list = await desk.context.newPage();
  await list.goto('/');
  await list.getByRole('button', { name: 'Sign out' }).click();
  await list.waitForURL('**/sign-in');
  await page.getByRole('alert').filter({ hasText: 'Your session has expired' }).waitFor();
  await says(page, 'Signed out – changes kept on this device');
  await write(page, ' After.');
  await says(page, 'Signed out – changes kept on this device');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, 'ana');
  await holds(page, 'Before. After.');
  await says(page, SAVED);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});

test.serial('STATE2 without a server the list says from when it is, or that it was never loaded here', async (t) => {
  const { browser, app } = t.context;
  const desk = await newDesk(browser, app.origin);
  const page = await newDocument(desk, 'ben');
  await title(page).fill('Kept here');
  await says(page, SAVED);
  await page.goto('/');
  const kept = page.getByRole('link', { name: 'Kept here' });
  await kept.waitFor();
  for (const shell of ['/', '/edit/00000000-0000-0000-0000-000000000000'])
    await until(() => page.evaluate<boolean>(`caches.match('${shell}').then(Boolean)`));
  t.is(await page.getByText('Saved copy from').count(), 0, 'it is up to date');

  await app.kill();
  await page.reload();
  await page.getByText(/^Saved copy from \d\d:\d\d$/).waitFor();
  await kept.waitFor();
  await page.getByRole('radio', { name: 'Published' }).check({ force: true });
  await page.getByText('No published documents yet').waitFor();
  await page.getByRole('radio', { name: 'Deleted' }).check({ force: true });
  await page.getByText('This list is not saved on this device.').waitFor();
  t.is(await page.getByText('Saved copy from').count(), 0);
  await page.getByRole('radio', { name: 'Drafts' }).check({ force: true });
  await kept.waitFor();
  await shoot(page, 'list-saved-copy');

  await page.evaluate(
    `for (const key of Object.keys(localStorage)) if (key.startsWith('stet:list:')) localStorage.removeItem(key)`,
  );
  await page.goto('/');
  await page.getByRole('heading', { name: "Couldn't load your documents" }).waitFor();
  await page.getByText('Your documents have not been loaded on this device yet.').waitFor();
  t.is(await page.getByText('No documents yet').count(), 0);
  await page.goto('/edit/00000000-0000-4000-8000-000000000001');
  await page.getByText("This document hasn't been opened on this device yet.").waitFor();
  await says(page, /^Offline$/);

  await app.start();
  await page.goto('/');
  await kept.waitFor();
  t.is(await page.getByText('Saved copy from').count(), 0);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});
