/** What stands in the place of an embedded document that is not public, or no longer. */

export const missing: string = 'This content is not available.';
