/** The snippets that a person puts on their page. Pure. */
import { documentPath, framePath, slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';

export interface WidgetAppearance {
  theme: 'auto' | 'light' | 'dark';
  /** CSS values by variable, `--stet-accent`; empty ones are left out. */
  readonly variables: Readonly<Record<string, string>>;
  /** A document that is not there leaves nothing; else a sentence. */
  readonly hidesMissing?: boolean;
}

/** Pixels of a frame whose height the page does not follow. */
const FRAME_HEIGHT = 480;

/** The name that was typed, or that is in a pasted address; undefined when it can be none. */
export function slugOf(typed: string): string | undefined {
  const text = typed.trim();
  const segment = /\/d\/([^/?#]+)/.exec(text)?.[1];
  return normalSlug(segment === undefined ? text : (slugInPath(segment) ?? ''));
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

export const styleOf = ({ variables }: WidgetAppearance): string =>
  Object.entries(variables)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');

/** @param title of the document, for who reads without JavaScript */
export function snippetOf(origin: string, slug: string, title: string, look: WidgetAppearance): string {
  const style = styleOf(look);
  const attributes = [
    `document="${escaped(slug)}"`,
    ...(look.theme === 'auto' ? [] : [`theme="${look.theme}"`]),
    ...(look.hidesMissing ? ['data-missing="hide"'] : []),
    ...(style === '' ? [] : [`style="${escaped(style)}"`]),
  ];
  const link = `<noscript><a href="${escaped(`${origin}${documentPath(slug)}`)}">${escaped(title || slug)}</a></noscript>`;
  return [
    `<script async src="${escaped(origin)}/widget.js"></script>`,
    `<stet-widget ${attributes.join(' ')}>`,
    `  ${link}`,
    '</stet-widget>',
  ].join('\n');
}

/**
 * The same without a script on the page. Of the appearance it takes the theme, and what a missing document leaves.
 * @param title of the document, for who cannot see the frame
 */
export function frameSnippetOf(
  origin: string,
  slug: string,
  title: string,
  { theme, hidesMissing }: Pick<WidgetAppearance, 'theme' | 'hidesMissing'>,
): string {
  const query = new URLSearchParams({
    ...(theme === 'auto' ? {} : { theme }),
    ...(hidesMissing ? { missing: 'hide' } : {}),
  });
  const src = `${origin}${framePath(slug)}${query.size === 0 ? '' : `?${query}`}`;
  return `<iframe src="${escaped(src)}" title="${escaped(title || slug)}" width="100%" height="${FRAME_HEIGHT}" frameborder="0" loading="lazy"></iframe>`;
}
