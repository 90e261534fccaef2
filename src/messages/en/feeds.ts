/** The short answers of feeds and of files for search engines, in plain text for programs: there is no other language. */

export const feeds = {
  format: 'The only format is json.',
  noFile: 'Not found.',
  notFound: 'No public document has this address.',
  method: 'Use GET or HEAD.',
  host: 'The Host header is not valid.',
  unavailable: 'Temporarily unavailable. Try again in a moment.',
  broken: 'Something went wrong on our side.',
};
