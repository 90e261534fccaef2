/** The page for addresses that lead nowhere. */

export const title: string = 'Page not found – Stet';

export const texts = {
  heading: 'Page not found',
  text: 'The address may be wrong, or the page may have been deleted.',
  home: 'Your documents',
};
