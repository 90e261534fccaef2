/** What pages say of a request that failed, by the code of the error. Codes that are not here say `other`. */

export const errors = {
  unreachable: "Couldn't reach the server. Try again in a moment.",
  unauthenticated: 'Your session has expired. Sign in again.',
  forbidden: "You don't have permission to do this.",
  bad_origin: "This address isn't set up for Stet. Ask the person who runs this site.",
  read_only: "You can view this document, but you can't edit it.",
  not_found: "This no longer exists, or you don't have access to it.",
  conflict: 'Someone else changed this at the same time. Reload the page and try again.',
  precondition_failed: 'Someone else changed this at the same time. Reload the page and try again.',
  slug_taken: 'This address is already in use. Choose another one.',
  text_elsewhere: "The text was written with another editor, in a part of the document that can't be published.",
  update_too_large: 'This change is too large. Paste the text in smaller parts.',
  update_limit: 'This change is too large. Paste the text in smaller parts.',
  update_too_expensive: 'This change is too large. Paste the text in smaller parts.',
  update_malformed: "This change can't be saved. Undo it, or reload the page.",
  update_unsupported: "This change can't be saved. Undo it, or reload the page.",
  document_too_large: 'The document has reached its size limit. Delete some text first.',
  append_refused:
    "The server can't save changes to this document at the moment. They are kept here and will be saved later.",
  rate_limited: 'Too many requests. Wait a moment, then try again.',
  too_many_sockets: 'Stet is open in too many tabs. Close some of them.',
  too_many_documents: 'Too many documents are open. Close some of them.',
  internal: 'Something went wrong on our side. Try again in a moment.',
  unavailable: 'The server is not available at the moment. Try again soon.',
  overloaded: 'The server is busy. Try again in a moment.',
  restarting: 'The document is being reloaded. Try again in a moment.',
  draining: 'The server is restarting. Try again in a moment.',
};

/** @param code of the error registry, for whoever is asked for help */
export const other = (code: string): string => `Something went wrong (${code}). Reload the page and try again.`;
