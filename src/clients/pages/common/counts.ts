/** Which numbers of readers are shown. Pure. */
import type { Document } from '../../../../schemas/http.ts';

/** Views that say something: of what everybody may read now, or could before. Null: there are none to tell of. */
export function viewsOf({ published, visibility, views }: Document): number | null {
  if (published === null || views === undefined) return null;
  return visibility === 'public' || views > 0 ? views : null;
}
