/** What stands in the place of an embedded document that is not public, in German. */
import type * as english from '../en/widget.ts';

export const missing: typeof english.missing = 'Dieser Inhalt ist nicht verfügbar.';
