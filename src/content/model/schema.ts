/** The schema of a text: the editor's own, so that neither side writes what the other would not take. */
import { getSchema } from '@tiptap/core';
import type { Schema } from '@tiptap/pm/model';
import { CONTENT } from './extensions.ts';

export { BODY, META } from './names.ts';

export const SCHEMA: Schema = getSchema(CONTENT);
