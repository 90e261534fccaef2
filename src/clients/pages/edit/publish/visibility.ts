/**
 * Who may read the document, once it is published. Before the first publication nothing is selected: what the author does not
 * choose is not published.
 */
import type { Visibility as Value } from '../../../../../schemas/http.ts';
import { visibility as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import { chosenVisibility, type DraftPublication } from './publish-state.ts';

const CHOICES: readonly Value[] = ['public', 'private'];

export interface VisibilityOptions {
  readonly api: Pick<Api, 'changeDocument'>;
  readonly documentId: string;
  /** It was chosen or changed. */
  readonly onChanged: () => Promise<unknown>;
}

export interface Visibility {
  readonly element: HTMLElement;
  show(publication: DraftPublication): void;
  /** Null: somebody has to choose first. */
  chosen(): Value | null;
  /** Resolves when no change is on its way. */
  settled(): Promise<void>;
}

export function createVisibility({ api, documentId, onChanged }: VisibilityOptions): Visibility {
  let shown: DraftPublication | null = null;
  let picked: Value | null = null;
  /** What was chosen stands meanwhile, whatever else is shown anew. */
  let isChanging = false;
  let changing: Promise<void> = Promise.resolve();
  const error = h('p', { class: 'error', role: 'alert' });
  const legend = h('legend', {});
  const choices = CHOICES.map((value) => {
    const { name, text } = texts[value];
    const input = h('input', {
      type: 'radio',
      name: 'publish-visibility',
      value,
      'aria-label': name,
      'aria-describedby': `publish-${value}`,
      onchange: () => {
        changing = choose(value);
      },
    });
    return {
      value,
      input,
      row: h('label', { class: 'choice' }, input, h('span', {}, name, h('small', { id: `publish-${value}` }, text))),
    };
  });
  const fields = h('fieldset', { class: 'readers' }, legend, ...choices.map(({ row }) => row));
  const fixed = h('p', { class: 'hint' });

  const chosen = () => (shown === null ? null : chosenVisibility(shown, picked));

  async function choose(value: Value): Promise<void> {
    const before = picked;
    picked = value;
    fill(error);
    // What the document has already is only confirmed.
    if (shown?.document.visibility !== value) {
      isChanging = true;
      for (const { input } of choices) input.disabled = true;
      const answer = await api.changeDocument(documentId, { visibility: value });
      if (!answer.ok) {
        picked = before;
        fill(error, answer.problem.code === 'unreachable' ? texts.unreachable : problemText(answer.problem));
      }
      isChanging = false;
      for (const { input } of choices) input.disabled = false;
    }
    await onChanged();
    draw();
  }

  function draw(): void {
    if (shown === null) return;
    const { document, isFirst } = shown;
    const isOwner = document.role === 'own';
    fields.hidden = !isOwner;
    fixed.hidden = isOwner;
    fixed.textContent = texts.is(texts[document.visibility].name);
    legend.textContent = isFirst ? texts.question : texts.legend;
    const current = chosen();
    if (!isChanging) for (const { value, input } of choices) input.checked = value === current;
  }

  return {
    element: h('div', { class: 'visibility' }, fields, fixed, error),
    show(publication) {
      shown = publication;
      draw();
    },
    chosen,
    settled: () => changing,
  };
}
