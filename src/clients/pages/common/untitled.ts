/** What a document without a title is made with and listed as. */
export const UNTITLED = 'Untitled';
