/** The publishing dialog of the editor's page, as its author uses it, and what readers then find. */
import type { Page } from 'playwright-core';

export const dialog = (page: Page) => page.getByRole('dialog', { name: 'Publish' });
export const UP_TO_DATE = /Readers see the latest version\.|Only people you share it with can see it\./;
export const CHOOSE = 'Choose Public or Private before you publish.';

/** Opens the publishing dialog by the button, whatever it says at present. */
export async function openDialog(page: Page): Promise<void> {
  await page.locator('.bar .publish').click();
  await dialog(page).waitFor();
}
/** Waits until what was published takes the place of the settings, and of their buttons. */
export async function isPublished(page: Page): Promise<void> {
  await shows(page, UP_TO_DATE);
  await dialog(page).getByRole('link', { name: 'View page' }).waitFor();
}
export async function publish(page: Page): Promise<void> {
  await dialog(page)
    .getByRole('button', { name: /^Publish (now|changes)$/ })
    .click();
  await isPublished(page);
}
export const backToSettings = (page: Page) => dialog(page).getByRole('button', { name: 'Back to settings' }).click();
/** Waits until the dialog says this. A failure says what it said instead. */
export async function shows(page: Page, words: string | RegExp): Promise<void> {
  try {
    await dialog(page).getByText(words).waitFor();
  } catch (error) {
    throw new Error(`the dialog never said "${words}", but:\n${await dialog(page).textContent()}`, { cause: error });
  }
}
export const shut = (page: Page) => dialog(page).getByRole('button', { name: 'Close' }).click();
export const addressOf = async (page: Page) => (await dialog(page).locator('.address-link').getAttribute('href')) ?? '';
export const makePublic = (page: Page) => dialog(page).getByRole('radio', { name: 'Public' }).check();
export const makePrivate = (page: Page) => dialog(page).getByRole('radio', { name: 'Private' }).check();

export async function share(page: Page, handle: string, level: 'view' | 'edit'): Promise<void> {
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel('Username').fill(handle);
  await page.getByLabel('Permission', { exact: true }).selectOption(level);
  await page.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: handle }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
}

/** Status and heading of what a reader finds at an address. */
export async function read(
  page: Page,
  address: string,
): Promise<{ status: number | undefined; heading: string | null }> {
  const response = await page.goto(address);
  return { status: response?.status(), heading: await page.locator('h1').textContent() };
}
export const NOTHING = { status: 404, heading: 'Page not found' };
