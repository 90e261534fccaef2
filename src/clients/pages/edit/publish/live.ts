/** The switch that shows readers the draft as it is written. The server decides its state. */
import type { Document } from '../../../../../schemas/http.ts';
import { live as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';

export interface LiveOptions {
  readonly api: Pick<Api, 'changeDocument'>;
  readonly documentId: string;
  /** It was changed: read it again. */
  readonly onChanged: () => Promise<unknown>;
}

export interface Live {
  readonly element: HTMLElement;
  show(document: Document): void;
}

export function createLive({ api, documentId, onChanged }: LiveOptions): Live {
  let isChanging = false;
  const error = h('p', { class: 'error', role: 'alert' });
  const hint = h('small', { id: 'publish-live-hint' });
  const input = h('input', {
    type: 'checkbox',
    role: 'switch',
    'aria-label': texts.label,
    'aria-describedby': 'publish-live-hint',
    onchange: () => void change(),
  });

  async function change(): Promise<void> {
    isChanging = true;
    fill(error);
    input.disabled = true;
    const live = input.checked;
    const answer = await api.changeDocument(documentId, { live });
    await onChanged();
    isChanging = false;
    input.disabled = false;
    if (answer.ok) return;
    input.checked = !live;
    fill(error, problemText(answer.problem));
  }

  const element = h(
    'div',
    { class: 'live-switch' },
    h('label', { class: 'choice' }, input, h('span', {}, texts.label, hint)),
    error,
  );
  return {
    element,
    show({ live, published }) {
      if (!isChanging) input.checked = live;
      hint.textContent = published === null ? texts.unpublished : texts.published;
    },
  };
}
