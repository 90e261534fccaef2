/** The pages that readers get instead of a document. */

export const notices = {
  missing: { title: 'Page not found', text: 'The address may be wrong, or the page may have been removed.' },
  away: { title: 'Temporarily unavailable', text: "This page can't be loaded right now. Try again in a moment." },
  broken: { title: 'Something went wrong', text: 'The problem is on our side. Try again later.' },
};
