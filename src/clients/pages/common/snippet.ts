/** The snippet that a person puts on their page. Pure. */
import { documentPath, slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';

export interface WidgetAppearance {
  theme: 'auto' | 'light' | 'dark';
  /** CSS values by variable, `--stet-accent`; empty ones are left out. */
  readonly variables: Readonly<Record<string, string>>;
}

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
