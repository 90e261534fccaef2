/**
 * What the dialog shows once the document is published: its link to copy, who can open it and, for a public one, what other
 * pages and phones need. Loaded when it is first shown.
 */
import type { Document } from '../../../../../schemas/http.ts';
import { documentPath } from '../../../../content/slug/address.ts';
import { actions } from '../../../../messages/en/common.ts';
import { published as texts } from '../../../../messages/en/publish.ts';
import { copyButton } from '../../common/copy-button.ts';
import { h } from '../../common/dom.ts';
import { siteOrigin } from '../../common/site.ts';
import { embedCodes } from './embed-codes.ts';
import { qrCode } from './qr-code.ts';

export interface PublishedActions {
  /** Shows the settings again. */
  back(): void;
  close(): void;
}

/** The document as it was just published. */
export function publishedPanel({ slug, title, visibility }: Document, { back, close }: PublishedActions): HTMLElement {
  const href = `${siteOrigin()}${documentPath(slug)}`;
  const link = h(
    'a',
    { class: 'published-link', href, target: '_blank', rel: 'noopener' },
    decodeURI(href).replace(/^https?:\/\//, ''),
  );
  const select = () => getSelection()?.selectAllChildren(link);
  return h(
    'div',
    { class: 'published' },
    h('p', {}, texts[visibility]),
    h(
      'div',
      { class: 'address-row' },
      link,
      copyButton({ label: texts.copyLink, text: () => href, select: () => void select() }),
    ),
    visibility === 'public' && embedCodes(slug, title),
    visibility === 'public' &&
      h('div', { class: 'published-qr' }, qrCode(href, texts.qrCode), h('p', { class: 'hint' }, texts.qrHint)),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button quiet', onclick: back }, texts.settings),
      h('button', { type: 'button', class: 'button', onclick: close }, actions.close),
      h('a', { class: 'button primary', href, target: '_blank', rel: 'noopener' }, texts.view),
    ),
  );
}
