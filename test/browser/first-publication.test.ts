/** Before and after a first publication, in a real browser: what its author is asked, warned of, shown and given. */
import anyTest, { type TestFn } from 'ava';
import { editable, newDocument, SAVED, says, shoot, text, title, write } from '../support/browser.ts';
import {
  addressOf,
  backToSettings,
  CHOOSE,
  dialog,
  isPublished,
  makePrivate,
  makePublic,
  openDialog,
  publish,
  read,
  shows,
  shut,
} from '../support/publish-dialog.ts';
import { closeDesks, deskOf, type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;

setStage(test, ['ana', 'ben']);

test.serial('PUB8 a first publication waits until Public or Private was chosen', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('Chosen');
  await write(page, 'By its author.');
  await says(page, SAVED);
  await openDialog(page);
  await shows(page, CHOOSE);
  await shows(page, 'Who can read this document?');
  const now = dialog(page).getByRole('button', { name: 'Publish now' });
  t.true(await now.isDisabled());
  t.is(await dialog(page).getByRole('radio', { checked: true }).count(), 0, 'no default is preselected');
  await dialog(page).getByText('Schedule for later').click();
  t.true(await dialog(page).getByRole('button', { name: 'Schedule', exact: true }).isDisabled());
  await shoot(page, 'publishing-first');

  await makePrivate(page);
  await dialog(page).getByText(CHOOSE).waitFor({ state: 'hidden' });
  t.true(await now.isEnabled());
  await makePublic(page);
  await publish(page);
  t.is((await read(await reader.context.newPage(), await addressOf(page))).heading, 'Chosen');

  // Not asked again: it was published before.
  await backToSettings(page);
  await dialog(page).getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unpublish' }).click();
  await shows(page, 'Not published yet');
  await makePrivate(page);
  await page.reload();
  await editable(page);
  await openDialog(page);
  await dialog(page).getByRole('radio', { name: 'Private', checked: true }).waitFor();
  t.deepEqual([...author.complaints, ...reader.complaints], []);
  await closeDesks(author, reader);
});

test.serial('PUB9 a document without title or text is published by a second, explicit action', async (t) => {
  const author = await deskOf(t.context);
  const page = await newDocument(author, 'ana');
  await openDialog(page);
  await shows(page, 'This document has no title and no text.');
  await makePrivate(page);
  await dialog(page).getByRole('button', { name: 'Publish now' }).click();
  const question = page.getByRole('alertdialog', { name: 'This document has no title and no text.' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await shows(page, 'Not published yet');
  await shut(page);

  await title(page).fill('Only a title');
  await says(page, SAVED);
  await openDialog(page);
  await shows(page, 'This document is empty.');
  await dialog(page).getByRole('button', { name: 'Publish now' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Publish anyway' }).click();
  await isPublished(page);
  await shut(page);

  await write(page, 'And a text.');
  await says(page, SAVED);
  await openDialog(page);
  await dialog(page).getByText('This document is empty.').waitFor({ state: 'hidden' });
  await publish(page);
  t.deepEqual(author.complaints, []);
  await closeDesks(author);
});

test.serial('PUB10 what was published comes with its link, its embed code and a QR code', async (t) => {
  const author = await deskOf(t.context);
  await author.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await newDocument(author, 'ana');
  await title(page).fill('A “quoted” <b>title</b>');
  await write(page, 'For other pages.');
  await openDialog(page);
  await makePublic(page);
  await publish(page);
  const address = await addressOf(page);
  await dialog(page).getByRole('heading', { name: 'Published' }).and(page.locator(':focus')).waitFor();
  await dialog(page).locator('.published').getByText('Anyone with the link can read it.').waitFor();
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  await dialog(page).getByRole('button', { name: 'Copy link' }).click();
  await dialog(page).getByRole('button', { name: 'Copied' }).waitFor();
  t.is(await copied(), address);
  await dialog(page).getByRole('button', { name: 'Copy code' }).click();
  await dialog(page).getByRole('button', { name: 'Copied' }).nth(1).waitFor();
  const code = await copied();
  t.is(code, await dialog(page).getByLabel('Embed code').inputValue());
  t.true(code.includes(`<stet-widget document="${address.split('/').at(-1)}">`));
  t.false(code.includes('<b>'), 'a title is text');
  await dialog(page).getByRole('img', { name: 'QR code of the link' }).waitFor();
  await shoot(page, 'publishing-published');

  const opened = page.waitForEvent('popup');
  await dialog(page).getByRole('link', { name: 'View page' }).click();
  await (await opened).getByRole('heading', { name: 'A “quoted” <b>title</b>' }).waitFor();
  await backToSettings(page);
  await dialog(page).getByRole('heading', { name: 'Publish' }).and(page.locator(':focus')).waitFor();
  await makePrivate(page);
  await shows(page, 'Only people you share it with can see it.');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });

  await write(page, ' Not for all.');
  await says(page, SAVED);
  await openDialog(page);
  await publish(page);
  await shows(page, 'Everyone else gets “Page not found”.');
  t.is(await dialog(page).getByLabel('Embed code').count(), 0);
  t.is(await dialog(page).getByRole('img', { name: 'QR code of the link' }).count(), 0);
  t.deepEqual(author.complaints, []);
  await closeDesks(author);
});

test.serial('EMBED4 the publish dialog and the embed page give the codes of what is public', async (t) => {
  const author = await deskOf(t.context);
  const page = await newDocument(author, 'ana');
  await title(page).fill('Embedded');
  await write(page, 'On other pages.');
  await openDialog(page);
  const embed = dialog(page).getByRole('button', { name: 'Embed' });
  t.false(await embed.isVisible(), 'nothing is published');
  await makePublic(page);
  await publish(page);
  const slug = (await addressOf(page)).split('/').at(-1) ?? '';
  await dialog(page).getByLabel('iframe').waitFor();
  await backToSettings(page);
  await embed.click();
  const codes = page.getByRole('dialog', { name: 'Embed' });
  t.true((await codes.getByLabel('Embed code').inputValue()).includes(`<stet-widget document="${slug}">`));
  t.true((await codes.getByLabel('iframe').inputValue()).includes(`/embed/frame/${slug}" title="Embedded"`));
  await shoot(page, 'publishing-embed');

  const opened = page.waitForEvent('popup');
  await codes.getByRole('link', { name: 'Customize' }).click();
  const customizing = await opened;
  await customizing.getByRole('button', { name: 'Embedded', exact: true, pressed: true }).waitFor();
  await customizing.locator('stet-widget [part=body]', { hasText: 'On other pages.' }).waitFor();
  await shoot(customizing, 'embed-own');
  await customizing.close();

  await page.keyboard.press('Escape');
  await codes.waitFor({ state: 'detached' });
  await makePrivate(page);
  await shows(page, 'Only people you share it with can see it.');
  await embed.click();
  await codes.getByText('Only public documents can be embedded.').waitFor();
  t.is(await codes.getByLabel('Embed code').count(), 0);
  t.deepEqual(author.complaints, []);
  await closeDesks(author);
});

test.serial(
  'PUB11 the draft is compared with what is published by one click, also when only the title changed',
  async (t) => {
    const author = await deskOf(t.context);
    const page = await newDocument(author, 'ana');
    await title(page).fill('Ice');
    await write(page, 'It was a winter like any other.');
    await openDialog(page);
    await makePrivate(page);
    const compare = dialog(page).getByRole('button', { name: 'Compare with published' });
    t.false(await compare.isVisible(), 'nothing is published');
    await publish(page);
    await backToSettings(page);
    t.false(await compare.isVisible(), 'nothing changed');
    await shut(page);

    await title(page).fill('Snow');
    await openDialog(page);
    await compare.click();
    const comparison = page.getByRole('dialog', { name: 'Unpublished changes' });
    await comparison.locator('del', { hasText: 'Ice' }).waitFor();
    await comparison.locator('ins', { hasText: 'Snow' }).waitFor();
    t.is(await comparison.locator('.diff-block.changed').count(), 0);
    await page.keyboard.press('Escape');
    await comparison.waitFor({ state: 'detached' });
    t.true(
      await dialog(page).locator('button:focus', { hasText: 'Compare with published' }).isVisible(),
      'the focus is back',
    );
    await shut(page);

    await text(page).fill('It was a winter like no other.');
    await openDialog(page);
    await compare.click();
    await comparison.locator('.diff-block ins', { hasText: 'no' }).waitFor();
    await comparison.locator('.diff-block del', { hasText: 'any' }).waitFor();
    await shoot(page, 'publishing-compare');
    await comparison.getByRole('button', { name: 'Close' }).click();
    await publish(page);
    t.deepEqual(author.complaints, []);
    await closeDesks(author);
  },
);

test.serial('PUB12 a preview shows the page that readers get, on a desktop and a phone, and its card', async (t) => {
  const [author, reader] = [await deskOf(t.context), await deskOf(t.context)];
  const page = await newDocument(author, 'ana');
  await title(page).fill('Storm over the coast');
  await write(page, 'The harbour is closed.');
  await openDialog(page);
  await dialog(page).getByLabel('Summary').fill('Ferries stay in port.');
  await makePublic(page);
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('dialog', { name: 'Preview' });
  const frame = preview.frameLocator('iframe');
  await frame.getByRole('heading', { name: 'Storm over the coast' }).waitFor();
  const article = frame.locator('article');
  t.is(await frame.locator('html').evaluate((root) => root.clientWidth), 1280);
  const family = await frame
    .locator('h1')
    .evaluate((heading) => heading.ownerDocument.defaultView?.getComputedStyle(heading).fontFamily);
  t.true(String(family).includes('Iowan'), 'the style sheet of readers is there');
  await shoot(page, 'publishing-preview');
  await preview.getByRole('radio', { name: 'Phone' }).check();
  t.is(await frame.locator('html').evaluate((root) => root.clientWidth), 390);
  const previewed = await article.innerHTML();
  await preview.getByRole('radio', { name: 'Social card' }).check();
  await preview
    .locator('.social-card', { hasText: 'Storm over the coast' })
    .getByText('Ferries stay in port.')
    .waitFor();
  t.false(await preview.locator('iframe').isVisible());
  await shoot(page, 'publishing-card');
  await page.keyboard.press('Escape');
  await preview.waitFor({ state: 'detached' });
  t.true(await dialog(page).isVisible());
  await publish(page);
  // As it is sent: in a browser its script counts the time since then.
  const sent = await (await reader.context.request.get(await addressOf(page))).text();
  const plain = (html = '') => html.replaceAll(/ datetime="[^"]*"/g, '').replaceAll('=""', '');
  t.is(plain(previewed), plain(/<article>(.*)<\/article>/s.exec(sent)?.[1]));
  t.deepEqual([...author.complaints, ...reader.complaints], []);
  await closeDesks(author, reader);
});

test.serial('a chosen visibility is shown while it is being saved, whatever else is saved', async (t) => {
  const page = await newDocument(await deskOf(t.context), 'ana');
  await openDialog(page);
  await shows(page, 'Not published yet');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/v1/documents/*', async (route) => {
    if (route.request().method() === 'PATCH') await released;
    await route.continue();
  });
  await dialog(page).getByText('Anyone with the link can read it').click();
  const summary = dialog(page).getByLabel('Summary');
  await summary.fill('What the harbour');
  await says(page, SAVED);
  t.true(await dialog(page).getByRole('radio', { name: 'Public' }).isChecked());
  release();
  await dialog(page).locator('input[type=radio]:enabled').first().waitFor();
  t.true(await dialog(page).getByRole('radio', { name: 'Public' }).isChecked());
});
