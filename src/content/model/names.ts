/** Where a draft's Yjs document keeps what: the names of its shared types. */

/** Name of the `Y.XmlFragment` that holds the text. */
export const BODY = 'body';

/** Name of the `Y.Map` with `title` and `summary`. */
export const META = 'meta';
