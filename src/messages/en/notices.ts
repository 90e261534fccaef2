/** The pages that readers get instead of a document, and the short answers of feeds. */

export const notices = {
  missing: { title: 'Page not found', text: 'The address may be wrong, or the page may have been removed.' },
  away: { title: 'Temporarily unavailable', text: "This page can't be loaded right now. Try again in a moment." },
  broken: { title: 'Something went wrong', text: 'The problem is on our side. Try again later.' },
};
export type NoticeTexts = typeof notices;

/** Plain text for programs. */
export const feeds = {
  format: 'The only format is json.',
  noFile: 'Not found.',
  notFound: 'No public document has this address.',
  method: 'Use GET or HEAD.',
  host: 'The Host header is not valid.',
  unavailable: 'Temporarily unavailable. Try again in a moment.',
  broken: 'Something went wrong on our side.',
};
