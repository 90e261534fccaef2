/** The codes with which other sites show a document: with a script, and in a frame without one. Loaded when they are first shown. */
import { texts } from '../../../../messages/en/embed-codes.ts';
import { copyButton } from '../../common/copy-button.ts';
import { type Child, h } from '../../common/dom.ts';
import { siteOrigin } from '../../common/site.ts';
import { frameSnippetOf, snippetOf } from '../../common/snippet.ts';

interface CodeField {
  readonly id: string;
  readonly label: string;
  readonly copy: string;
  readonly code: string;
}

const PLAIN = { theme: 'auto', variables: {} } as const;

function codeField({ id, label, copy, code }: CodeField, ...more: readonly Child[]): HTMLElement {
  const area = h('textarea', {
    id,
    class: 'published-code',
    readonly: true,
    rows: 4,
    spellcheck: 'false',
    onfocus: () => area.select(),
  });
  area.value = code;
  return h(
    'div',
    { class: 'field' },
    h(
      'div',
      { class: 'published-code-head' },
      h('label', { for: id }, label),
      ...more,
      copyButton({ label: copy, text: () => code, select: () => area.select() }),
    ),
    area,
  );
}

export function embedCodes(slug: string, title: string): HTMLElement {
  const customize = h(
    'a',
    { href: `/embed?document=${encodeURIComponent(slug)}`, target: '_blank', rel: 'noopener' },
    texts.customize,
  );
  const script = snippetOf(siteOrigin(), slug, title, PLAIN);
  const frame = frameSnippetOf(siteOrigin(), slug, title, PLAIN);
  return h(
    'div',
    { class: 'embed-codes' },
    codeField({ id: 'embed-script', label: texts.script, copy: texts.copyScript, code: script }, customize),
    codeField({ id: 'embed-frame', label: texts.frame, copy: texts.copyFrame, code: frame }),
  );
}
