/** The title that a document is made with, and which counts as none. Pages show the word of their language instead. */
export const UNTITLED = 'Untitled';
