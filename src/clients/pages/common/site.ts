/** The origin under which people know this site: what links and snippets name. */
export function siteOrigin(): string {
  const configured = document.querySelector<HTMLMetaElement>('meta[name="stet-origin"]')?.content;
  return configured ?? location.origin;
}
