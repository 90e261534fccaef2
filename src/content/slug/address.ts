/** Slugs in addresses: percent-encoded there, as they are everywhere else. Pure. */

/** The path of a document's page. */
export const documentPath = (slug: string): string => `/d/${encodeURIComponent(slug)}`;

/** Before the slug: where a document is for frames on other sites. */
export const FRAME_PATH = '/embed/frame/';

/** The path of a document's page for frames. */
export const framePath = (slug: string): string => `${FRAME_PATH}${encodeURIComponent(slug)}`;

/** The slug of one segment of a path; undefined when it is not well-formed. Most segments are slugs already. */
export function slugInPath(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
