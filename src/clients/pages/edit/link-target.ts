/** What a person types for a link, and what goes into the text. */
import { linkHref } from '../../../content/model/link.ts';

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** The address as it goes into the text: `example.org` becomes `https://example.org`; null if a text may not hold it. */
export function linkTarget(input: string): string | null {
  const text = input.trim();
  if (text === '') return null;
  const isMail = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text);
  const full = isMail
    ? `mailto:${text}`
    : SCHEME.test(text) && !/^[^/]*:\d+(\/|$)/.test(text)
      ? text
      : `https://${text}`;
  return linkHref(full);
}
