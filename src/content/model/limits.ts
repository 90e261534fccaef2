/** How large content may be (I9). What comes in through the API must keep to these; drafts have limits of their own. */

/** Ancestors that a node may have; the body itself has none. */
export const MAX_DEPTH = 50;
/** Nodes of a body, texts included. */
export const MAX_NODES = 50_000;
/** Characters of text in a body, in UTF-16 units. */
export const MAX_TEXT = 1_000_000;
export const MAX_TABLE_ROWS = 1_000;
export const MAX_TABLE_COLUMNS = 100;
export const MAX_TABLE_CELLS = 10_000;
/** Characters of HTML or Markdown to be read. */
export const MAX_SOURCE = 2_000_000;

export const MAX_TITLE = 300;
export const MAX_SUMMARY = 1_000;
export const MAX_HREF = 2_048;
export const MAX_LINK_TITLE = 300;
export const MAX_LIST_START = 999_999_999;
