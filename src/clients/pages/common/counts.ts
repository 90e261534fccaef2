/** Numbers of readers as people say them. Pure. */
import type { Document } from '../../../../schemas/http.ts';

/** `1,204` */
export const grouped = (count: number): string => count.toLocaleString('en-GB');

/** `view`, or `views` unless it is one. */
export const plural = (count: number, noun: string): string => (count === 1 ? noun : `${noun}s`);

/** `1 view`, `1,204 views` */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${plural(count, noun)}`;

/** Views that say something: of what everybody may read now, or could before. Null: there are none to tell of. */
export function viewsOf({ published, visibility, views }: Document): number | null {
  if (published === null || views === undefined) return null;
  return visibility === 'public' || views > 0 ? views : null;
}
