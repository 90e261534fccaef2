/** How the draft differs from what readers see, in a dialog of its own. Loaded when it is first shown. */
import { actions } from '../../../../messages/en/common.ts';
import { compare as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import { diffView } from '../../history/diff-view.ts';

export interface CompareOptions {
  readonly api: Pick<Api, 'draftDiff'>;
  readonly documentId: string;
  /** Of the text, BCP 47. */
  readonly language: string;
  /** Settles when the draft is saved; otherwise with the reason why it is not. */
  readonly saved: (
    signal: AbortSignal,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
}

/** Resolves when it is closed. */
export function showComparison({ api, documentId, language, saved }: CompareOptions): Promise<void> {
  const closed = new AbortController();
  const error = h('p', { class: 'error', role: 'alert' });
  const heading = h('h2', { id: 'compare-title' }, texts.title);
  const result = h(
    'div',
    { class: 'compare-result', 'aria-busy': 'true', tabindex: 0 },
    h('p', { class: 'hint' }, texts.loading),
  );
  const element = h(
    'dialog',
    { class: 'dialog wide-dialog', 'aria-labelledby': heading.id },
    heading,
    error,
    result,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.close),
    ),
  );

  async function load(): Promise<void> {
    const outcome = await saved(closed.signal);
    const answer = outcome.ok ? await api.draftDiff(documentId) : undefined;
    if (closed.signal.aborted) return;
    result.removeAttribute('aria-busy');
    if (answer?.ok) {
      const { from } = answer.value;
      fill(
        result,
        h('p', { class: 'hint' }, texts.explained(from)),
        h('div', { lang: language }, diffView(answer.value, true)),
      );
      return;
    }
    fill(result);
    fill(error, outcome.ok ? answer !== undefined && problemText(answer.problem) : outcome.reason);
  }

  return new Promise((resolve) => {
    element.addEventListener('close', () => {
      closed.abort();
      element.remove();
      resolve();
    });
    document.body.append(element);
    element.showModal();
    void load();
  });
}
