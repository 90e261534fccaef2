/** The owner's dialog: who may open the document, at which level. The server decides and answers; nothing is assumed. */
import type { Grant } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import { actions } from '../../../messages/en/common.ts';
import { shareDialog as texts } from '../../../messages/en/edit.ts';
import type { Answer, Api, Problem } from '../common/api.ts';
import { fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { hueClass, initials } from '../common/people.ts';
import { problemText } from '../common/problem-text.ts';

const LEVELS: readonly Role[] = ['view', 'edit', 'own'];

type GrantApi = Pick<Api, 'document' | 'setGrant' | 'removeGrant'>;

export interface ShareDialog {
  readonly element: HTMLDialogElement;
  show(): void;
}

function levelChoice(label: string, chosen: Role, onchange?: (level: Role) => void): HTMLSelectElement {
  const options = LEVELS.map((value) => h('option', { value, selected: value === chosen }, texts.levels[value]));
  const select = h('select', { 'aria-label': label }, ...options);
  if (onchange !== undefined) select.addEventListener('change', () => onchange(select.value as Role));
  return select;
}

function explain(problem: Problem, handle: string): string {
  if (problem.code === 'unreachable') return texts.unreachable;
  if (problem.code === 'not_found' || problem.code === 'bad_request') return texts.noUser(handle);
  return problemText(problem);
}

/** @param ownHandle of the user who shares: they cannot take their own access away here */
export function createShareDialog(api: GrantApi, documentId: string, ownHandle: string): ShareDialog {
  const list = h('ul', { class: 'grants' });
  const error = h('p', { class: 'error', role: 'alert' });
  const handle = h('input', {
    id: 'share-handle',
    required: true,
    maxlength: 32,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    placeholder: texts.username,
  });
  const level = levelChoice(texts.permission, 'edit');

  async function change(who: string, action: () => Promise<Answer<unknown>>): Promise<boolean> {
    fill(error);
    const answer = await action();
    await load();
    if (!answer.ok) fill(error, explain(answer.problem, who));
    return answer.ok;
  }

  function row({ handle: who, level: at }: Grant): HTMLElement {
    const isSelf = who === ownHandle;
    const choice = levelChoice(
      texts.permissionOf(who),
      at,
      (to) => void change(who, () => api.setGrant(documentId, who, to)),
    );
    choice.disabled = isSelf;
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-label': texts.remove(who),
        title: texts.remove(who),
        onclick: () => change(who, () => api.removeGrant(documentId, who)),
      },
      icon('close'),
    );
    remove.disabled = isSelf;
    return h(
      'li',
      {},
      h('span', { class: `avatar ${hueClass(who)}`, 'aria-hidden': 'true' }, initials(who)),
      h('span', { class: 'handle' }, who, isSelf && h('span', { class: 'you' }, texts.you)),
      choice,
      remove,
    );
  }

  async function load(): Promise<void> {
    const answer = await api.document(documentId);
    if (answer.ok) fill(list, ...(answer.value.grants ?? []).map(row));
    else fill(error, explain(answer.problem, ''));
  }

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const who = handle.value.trim().replace(/^@/, '').toLowerCase();
    const done = await change(who, () => api.setGrant(documentId, who, level.value as Role));
    if (done) handle.value = '';
    handle.focus();
  }

  const element = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'share-title' },
    h('h2', { id: 'share-title' }, texts.title),
    h(
      'form',
      { class: 'share-form', onsubmit: add },
      h('label', { for: 'share-handle', class: 'visually-hidden' }, texts.username),
      handle,
      level,
      h('button', { type: 'submit', class: 'button primary' }, texts.share),
    ),
    error,
    list,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.done),
    ),
  );
  element.addEventListener('click', (event) => {
    // The dialog itself is hit only outside its content: on its backdrop.
    if (event.target === element) element.close();
  });

  return {
    element,
    show() {
      fill(error);
      element.showModal();
      handle.focus();
      void load();
    },
  };
}
