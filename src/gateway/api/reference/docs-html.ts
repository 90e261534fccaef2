/** The HTML that all sections of the reference share: prose, code boxes and links to errors. Pure. */
import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** Text with `code` in it, and paragraphs where there are blank lines. */
export function prose(text: string): Html {
  const paragraphs = text.split('\n\n').map((part) => html`<p>${inline(part)}</p>`);
  return html`${paragraphs}`;
}

export function inline(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

export function joined(parts: readonly Html[], by = ' or '): Html {
  return html`${parts.flatMap((part, index) => (index === 0 ? [part] : [by, part]))}`;
}

/**
 * A block of code that scrolls by keyboard, and to whose caption the page's script adds a button that copies it.
 * @param of what it is an example of, so that no two blocks have the same name
 */
export function codeBox(caption: string, of: string, text: string): Html {
  return html`<figure><figcaption>${caption}</figcaption><pre tabindex="0" role="region" aria-label="${caption}: ${of}"><code>${text}</code></pre></figure>`;
}

export const errorLink = (code: string): Html => html`<a href="#error-${code}"><code>${code}</code></a>`;
export const errorLinks = (codes: readonly string[]): Html => joined(codes.map(errorLink), ', ');
