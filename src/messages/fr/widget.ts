/** What stands in the place of an embedded document that is not public, in French. */
import type * as english from '../en/widget.ts';

export const missing: typeof english.missing = 'Ce contenu n’est pas disponible.';
