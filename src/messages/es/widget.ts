/** What stands in the place of an embedded document that is not public, in Spanish. */
import type * as english from '../en/widget.ts';

export const missing: typeof english.missing = 'Este contenido no está disponible.';
