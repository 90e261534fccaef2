/** Slugs in requests: composed as they are stored, and checked for what a JSON schema cannot say. */
import type { SlugStyle } from '../../../../schemas/http.ts';
import { isSlug, MAX_SLUG_BYTES } from '../../../../schemas/slug.ts';

interface SlugFields {
  slug?: string;
  slugStyle?: SlugStyle;
}

type ReadSlug = { ok: true; value: SlugFields } | { ok: false; detail: string };

export function readSlug({ slug: given, slugStyle }: SlugFields): ReadSlug {
  if (given === undefined) return { ok: true, value: slugStyle === undefined ? {} : { slugStyle } };
  if (slugStyle !== undefined) return { ok: false, detail: 'slugStyle: cannot be given with slug.' };
  const slug = given.normalize('NFC');
  return isSlug(slug)
    ? { ok: true, value: { slug } }
    : { ok: false, detail: `slug: lower case, and at most ${MAX_SLUG_BYTES} bytes.` };
}
