/** Publishing before the whole program, in a real browser: authors decide what readers see, and readers see that. */
import anyTest, { type TestFn } from 'ava';
import pg from 'pg';
import * as Y from 'yjs';
import { editable, holds, newDocument, SAVED, says, shoot, signIn, text, title, write } from '../support/browser.ts';
import {
  addressOf,
  backToSettings,
  dialog,
  makePrivate,
  makePublic,
  NOTHING,
  openDialog,
  publish,
  read,
  share,
  shows,
  shut,
  UP_TO_DATE,
} from '../support/publish-dialog.ts';
import { closeDesks, deskOf, type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;

setStage(test, ['ana', 'ben']);

test.serial('PUB1 readers see what was published, then what is published next, then nothing', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('The last winter');
  await write(page, 'The lamp was lit at four.');
  await openDialog(page);
  await shows(page, 'Not published yet');
  await dialog(page).getByLabel('Summary').fill('What the harbour remembers.');
  await makePublic(page);
  await publish(page);
  const address = await addressOf(page);
  await shut(page);
  await page.getByRole('button', { name: 'Published' }).waitFor();

  const visit = await reader.context.newPage();
  t.deepEqual(await read(visit, address), { status: 200, heading: 'The last winter' });
  t.is(await visit.locator('.prose p').textContent(), 'The lamp was lit at four.');
  t.is(await visit.locator('.summary').textContent(), 'What the harbour remembers.');
  t.is(await visit.locator('meta[name=description]').getAttribute('content'), 'What the harbour remembers.');
  t.is(await visit.locator('.author').textContent(), 'ana');

  await write(page, ' By five it had gone out.');
  await says(page, SAVED);
  await page.getByRole('button', { name: 'Update' }).waitFor();
  await visit.reload();
  t.is(await visit.locator('.prose p').textContent(), 'The lamp was lit at four.', 'the draft is not what readers see');
  await openDialog(page);
  await publish(page);
  await visit.reload();
  t.is(await visit.locator('.prose p').textContent(), 'The lamp was lit at four. By five it had gone out.');

  await backToSettings(page);
  await dialog(page).getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unpublish' }).click();
  await shows(page, 'Not published yet');
  t.deepEqual(await read(visit, address), NOTHING);
  t.deepEqual([...author.complaints, ...reader.complaints], []);
  await closeDesks(author, reader);
});

test.serial('I6 what is published privately is there for those it is shared with, and for nobody else', async (t) => {
  const [ana, ben, anyone] = [await deskOf(t.context), await deskOf(t.context), await deskOf(t.context)];
  const owner = await newDocument(ana, 'ana');
  await title(owner).fill('For friends');
  await write(owner, 'Between us.');
  await openDialog(owner);
  await makePrivate(owner);
  await publish(owner);
  const address = await addressOf(owner);
  await shut(owner);

  const friend = await ben.context.newPage();
  await friend.goto('/');
  await signIn(friend, 'ben');
  await friend.getByRole('heading', { name: 'Documents' }).waitFor();
  t.deepEqual(await read(friend, address), NOTHING);
  t.deepEqual(await read(await anyone.context.newPage(), address), NOTHING);
  await share(owner, 'ben', 'view');
  t.deepEqual(await read(friend, address), { status: 200, heading: 'For friends' });

  await friend.goto(new URL(owner.url()).pathname);
  await holds(friend, 'Between us.');
  await says(friend, 'Read-only');
  t.false(await friend.locator('.bar .publish').isVisible(), 'who only reads has nothing to publish');
  t.deepEqual([...ana.complaints, ...ben.complaints, ...anyone.complaints], []);
  await closeDesks(ana, ben, anyone);
});

test.serial('PUB2 an address can be chosen, unless another document has it', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('Cranes');
  await write(page, 'They come in April.');
  await openDialog(page);
  const field = dialog(page).getByRole('textbox', { name: 'Address' });
  await field.fill('Cranes in April!');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  await dialog(page).getByRole('link', { name: '/d/cranes-in-april' }).waitFor();
  await makePublic(page);
  await publish(page);
  t.is((await read(await reader.context.newPage(), '/d/cranes-in-april')).heading, 'Cranes');

  const other = await author.context.newPage();
  await other.goto('/');
  await other.getByRole('button', { name: 'New document' }).click();
  await other.waitForURL('**/edit/*');
  await editable(other);
  await openDialog(other);
  await dialog(other).getByRole('textbox', { name: 'Address' }).fill('cranes-in-april');
  await dialog(other).getByRole('button', { name: 'Change', exact: true }).click();
  await shows(other, 'This address is already in use');
  t.deepEqual(author.complaints, []);
  await closeDesks(author, reader);
});

test.serial('ADDR2 ADDR3 the address follows the title, in either alphabet, and a former one redirects', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await openDialog(page);
  await shows(page, 'The address follows the title until you publish.');
  await dialog(page).getByRole('link', { name: '/d/untitled' }).waitFor();
  await shut(page);
  await title(page).fill('Größe im Norden');
  await write(page, 'Ein Kranich.');
  await says(page, SAVED);
  await openDialog(page);
  await dialog(page).getByRole('link', { name: '/d/größe-im-norden' }).waitFor();
  await dialog(page).getByRole('button', { name: 'Use Latin letters' }).click();
  await dialog(page).getByRole('link', { name: '/d/grosse-im-norden' }).waitFor();
  await dialog(page).getByRole('button', { name: 'Use the letters of the title' }).click();
  await dialog(page).getByRole('link', { name: '/d/größe-im-norden' }).waitFor();
  await makePublic(page);
  await publish(page);
  const former = await addressOf(page);
  t.true(former.endsWith('/d/gr%C3%B6%C3%9Fe-im-norden'));
  await backToSettings(page);
  await dialog(page).getByRole('textbox', { name: 'Address' }).fill('Kraniche!');
  await shows(page, 'The old address redirects to the new one.');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  await dialog(page).getByRole('link', { name: '/d/kraniche' }).waitFor();
  const visit = await reader.context.newPage();
  t.is((await read(visit, former)).heading, 'Größe im Norden');
  t.is(new URL(visit.url()).pathname, '/d/kraniche');
  t.deepEqual([...author.complaints, ...reader.complaints], []);
  await closeDesks(author, reader);
});

test.serial('PUB3 a schedule can be set and removed, and is kept when its time comes', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('Tomorrow');
  await write(page, 'Not yet.');
  await says(page, SAVED);
  await openDialog(page);
  await makePublic(page);
  await dialog(page).getByText('Schedule for later').click();
  await dialog(page).getByRole('button', { name: 'Schedule', exact: true }).click();
  await shows(page, 'Scheduled for');
  await dialog(page).getByRole('button', { name: 'Cancel schedule' }).click();
  await dialog(page).getByText('Scheduled for').waitFor({ state: 'hidden' });
  const address = await addressOf(page);
  await shut(page);

  // The field knows minutes; a test has no minute to wait.
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const soon = `{ method: 'PUT', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ at: new Date(Date.now() + 3000).toISOString() }) }`;
  t.is(await page.evaluate<number>(`fetch('/v1/documents/${id}/schedule', ${soon}).then(({ status }) => status)`), 200);
  await openDialog(page);
  await shows(page, UP_TO_DATE);
  t.is((await read(await reader.context.newPage(), address)).heading, 'Tomorrow');
  t.deepEqual(author.complaints, []);
  await closeDesks(author, reader);
});

test.serial('PUB4 revisions can be compared, and gone back to without losing anything', async (t) => {
  const author = await deskOf(t.context);
  const page = await newDocument(author, 'ana');
  const path = new URL(page.url()).pathname;
  await title(page).fill('Ice');
  await write(page, 'It was a winter like any other.');
  await openDialog(page);
  await makePrivate(page);
  await publish(page);
  await shut(page);
  await text(page).fill('It was a winter like no other.');
  await says(page, SAVED);
  await openDialog(page);
  await publish(page);
  await backToSettings(page);
  await dialog(page).getByRole('link', { name: 'History' }).click();

  await page.getByRole('heading', { name: 'Revision 2' }).waitFor();
  await page.locator('.diff del', { hasText: 'any' }).waitFor();
  t.deepEqual(await page.locator('.diff ins').allTextContents(), ['no']);
  t.is(await page.locator('.entry.revision').count(), 2);
  t.is(await page.getByLabel('Show').inputValue(), 'changes', 'since the revision before');
  await page.locator('.entry.revision').last().click();
  await page.getByRole('heading', { name: 'Revision 1' }).waitFor();
  t.true(page.url().includes('revision=1'));
  await page.locator('.diff', { hasText: 'It was a winter like any other.' }).waitFor();

  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  t.true(page.url().includes('/history'), 'nothing is done unasked');
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Restore' }).click();
  await page.waitForURL(`**${path}`);
  await holds(page, 'It was a winter like any other.');
  await page.getByRole('button', { name: 'Update' }).waitFor();
  await page.goto(`${path}/history`);
  await page.locator('.entry').first().waitFor();
  t.is(await page.locator('.entry.revision').count(), 2, 'and nothing was published');
  t.deepEqual(author.complaints, []);
  await closeDesks(author);
});

test.serial("PUB5 a co-author's change made during the confirmation is not published unseen", async (t) => {
  const [left, right] = [await deskOf(t.context), await deskOf(t.context)];
  // What the server sends this author is delayed for a while.
  let delayed: (() => void)[] | undefined;
  await left.context.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (delayed === undefined) socket.send(message);
      else delayed.push(() => socket.send(message));
    });
  });
  const page = await newDocument(left, 'ana');
  await title(page).fill('Together');
  await write(page, 'Left.');
  await says(page, SAVED);
  const other = await right.context.newPage();
  await other.goto(new URL(page.url()).pathname);
  await signIn(other, 'ana');
  await holds(other, 'Left.');
  await editable(other);
  await openDialog(page);
  await shows(page, 'Not published yet');
  await makePrivate(page);
  delayed = [];
  await write(other, ' Right.');
  await says(other, SAVED);
  await dialog(page).getByRole('button', { name: 'Publish now' }).click();
  await shows(page, 'Someone just changed this document.');
  await shows(page, 'Not published yet');

  const late = delayed;
  delayed = undefined;
  for (const send of late) send();
  await holds(page, 'Left. Right.');
  await publish(page);
  t.deepEqual([...left.complaints, ...right.complaints], []);
  await closeDesks(left, right);
});

/** Readers of the days before today, as if they had been counted then. */
async function readBefore({ databaseUrl }: Stage, id: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('insert into document_views (document_id, views) values ($1, 1204)', [id]);
  await client.query(
    `insert into document_readers (document_id, day, readers)
     select $1, (now() at time zone 'utc')::date - n, 3 + (n * 7) % 11 from generate_series(2, 12) n`,
    [id],
  );
  await client.end();
}

test.serial('PUB6 an author sees how much a document is read, in the list and where it is published', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('The counted cranes');
  await write(page, 'They come in April.');
  await openDialog(page);
  await makePublic(page);
  await publish(page);
  const address = await addressOf(page);
  await readBefore(t.context, new URL(page.url()).pathname.split('/').at(-1) ?? '');
  const visit = await reader.context.newPage();
  for (const _ of [1, 2]) await read(visit, address);

  const list = await author.context.newPage();
  const row = list.getByRole('listitem').filter({ hasText: 'The counted cranes' });
  // Counts are some seconds behind.
  do {
    await list.goto('/');
    await row.waitFor();
  } while ((await row.getByText('1,206 views').count()) === 0);
  await shoot(list, 'publishing-list');

  await page.reload();
  await editable(page);
  await openDialog(page);
  const readers = dialog(page).getByRole('region', { name: 'Readers' });
  await readers.getByText('1,206 views').waitFor();
  const days = await readers
    .getByRole('list', { name: 'Readers per day, last 14 days' })
    .getByRole('listitem')
    .allTextContents();
  t.is(days.length, 14);
  t.is(days.filter((day) => / [A-Z][a-z]+: 1 reader$/.test(day)).length, 1, 'two views of one reader');
  const heights = await readers.locator('.day-bar').evaluateAll((bars) => bars.map((one) => one.clientHeight));
  t.is(heights.filter((height) => height > 0).length, 12, 'eleven days before, and the one that was counted now');
  await shoot(page, 'publishing-dialog');
  t.deepEqual([...author.complaints, ...reader.complaints], []);
  await closeDesks(author, reader);
});

test.serial('SEARCH9 the list can be searched and filtered, and documents deleted and restored', async (t) => {
  const author = await deskOf(t.context);
  const page = await newDocument(author, 'ben');
  await title(page).fill('Kept');
  await write(page, 'A heron.');
  await says(page, SAVED);
  await openDialog(page);
  await makePublic(page);
  await publish(page);
  const address = await addressOf(page);
  await page.goto('/');
  await page.getByRole('link', { name: 'Kept' }).getByText('published').waitFor();

  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No results').waitFor();
  for (const typed of ['HERON', 'her', 'hreon', 'kép']) {
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('No results').waitFor();
    await page.getByRole('searchbox').fill(typed);
    await page.getByRole('link', { name: 'Kept' }).waitFor();
    t.deepEqual(await page.locator('.rows mark').allTextContents(), [typed === 'kép' ? 'Kept' : 'heron'], typed);
  }
  await shoot(page, 'list-search');
  await page.getByRole('searchbox').fill('');
  await page.getByRole('radio', { name: 'Scheduled' }).check({ force: true });
  await page.getByText('No scheduled documents').waitFor();
  await page.getByRole('radio', { name: 'Published' }).check({ force: true });

  await page.getByRole('button', { name: 'Delete Kept' }).click();
  await page.getByText('Deleted “Kept”').waitFor();
  await page.getByRole('link', { name: 'Kept' }).waitFor({ state: 'detached' });
  const visit = await (await deskOf(t.context)).context.newPage();
  t.deepEqual(await read(visit, address), NOTHING);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Kept' }).waitFor();

  await page.getByRole('button', { name: 'Delete Kept' }).click();
  await page.getByText('Deleted “Kept”').waitFor();
  await page.getByRole('radio', { name: 'Deleted' }).check({ force: true });
  await page.reload();
  await page.getByRole('button', { name: 'Restore Kept' }).click();
  await page.getByText('Restored “Kept”').waitFor();
  await page.getByRole('radio', { name: 'All' }).check({ force: true });
  await page.getByRole('link', { name: 'Kept' }).waitFor();
  t.deepEqual(author.complaints, []);
  await visit.context().close();
  await closeDesks(author);
});

test.serial(
  'PUB7 a text that another editor keeps elsewhere is not published as empty, and the dialog says why',
  async (t) => {
    const { complaints, ...ana } = await deskOf(t.context);
    const page = await newDocument({ complaints, ...ana }, 'ana');
    await title(page).fill('Typed in Quill');
    await says(page, SAVED);
    const ydoc = new Y.Doc();
    ydoc.getText('quill').insert(0, 'The whole text');
    const status = await page.evaluate(
      async ({ id, update }) => {
        const headers = { 'content-type': 'application/octet-stream' };
        return (await fetch(`/v1/documents/${id}/updates`, { method: 'POST', headers, body: new Uint8Array(update) }))
          .status;
      },
      { id: new URL(page.url()).pathname.split('/').at(-1), update: [...Y.encodeStateAsUpdate(ydoc)] },
    );
    t.is(status, 200);
    await openDialog(page);
    await makePrivate(page);
    await dialog(page).getByRole('button', { name: 'Publish now' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Publish anyway' }).click();
    await shows(page, 'The text was written with another editor');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await write(page, 'The text in its place');
    await says(page, SAVED);
    await openDialog(page);
    await publish(page);
    t.deepEqual(complaints, []);
    await ana.context.close();
  },
);

test.serial('I1 without a connection nothing can be published, and the dialog says why', async (t) => {
  const { app } = t.context;
  const author = await deskOf(t.context);
  const page = await newDocument(author, 'ana');
  await title(page).fill('Offline');
  await write(page, 'Before.');
  await says(page, SAVED);
  await page.getByRole('button', { name: 'Publish' }).waitFor();
  const reason = 'Your changes have to be saved before you can publish';
  await app.kill();
  await write(page, ' After.');
  await says(page, 'Offline – changes kept on this device');
  await page.locator('.bar .publish').click();
  const unavailable = page.getByRole('alertdialog');
  await unavailable.getByText(reason).waitFor();
  await unavailable.getByRole('button', { name: 'Cancel' }).click();
  await app.start();
  await says(page, SAVED);
  await openDialog(page);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await app.kill();
  await write(page, ' Later.');
  await says(page, 'Offline – changes kept on this device');
  await openDialog(page);
  await shows(page, reason);
  t.true(await dialog(page).getByRole('button', { name: 'Publish now' }).isDisabled());
  await app.start();
  // A server that has just begun may be slow enough to be left once more.
  await says(page, SAVED);
  await makePrivate(page);
  await publish(page);
  t.deepEqual(author.complaints, []);
  await closeDesks(author);
});
