/** Slugs in addresses: percent-encoded there, as they are everywhere else. Pure. */

/** The path of a document's page. */
export const documentPath = (slug: string): string => `/d/${encodeURIComponent(slug)}`;

/** The slug of one segment of a path; undefined when it is not well-formed. Most segments are slugs already. */
export function slugInPath(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
