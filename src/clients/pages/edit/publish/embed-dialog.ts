/** How other sites can show a published document, in a dialog of its own. Loaded when it is first shown. */
import type { Document } from '../../../../../schemas/http.ts';
import { actions } from '../../../../messages/en/common.ts';
import { texts } from '../../../../messages/en/embed-codes.ts';
import { h } from '../../common/dom.ts';
import { embedCodes } from './embed-codes.ts';

export function showEmbed({ slug, title, visibility }: Document): void {
  const heading = h('h2', { id: 'embed-title' }, texts.title);
  const isPublic = visibility === 'public';
  const element = h(
    'dialog',
    { class: 'dialog wide-dialog', 'aria-labelledby': heading.id },
    heading,
    h('p', { class: 'hint' }, isPublic ? texts.lead : texts.private),
    isPublic && embedCodes(slug, title),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.close),
    ),
  );
  element.addEventListener('close', () => element.remove());
  document.body.append(element);
  element.showModal();
}
