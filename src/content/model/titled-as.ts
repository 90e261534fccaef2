/** Under which title and summary a draft is published. Pure. */
import type { DraftContent } from './types.ts';

export interface Titled {
  readonly title: string;
  readonly summary: string;
}

/** A draft that never had a title or summary of its own has the document's. */
export function titledAs({ title, summary }: Pick<DraftContent, 'title' | 'summary'>, document: Titled): Titled {
  if (title !== null) return { title, summary };
  return { title: document.title, summary: summary === '' ? document.summary : summary };
}
