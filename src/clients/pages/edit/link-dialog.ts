/** Asks for the address of a link; makes, changes or removes the link at the selection. */
import type { Editor } from '@tiptap/core';
import { actions } from '../../../messages/en/common.ts';
import { linkDialog as texts } from '../../../messages/en/edit.ts';
import { h } from '../common/dom.ts';
import { linkTarget } from './link-target.ts';

export interface LinkDialog {
  readonly element: HTMLDialogElement;
  /** Opens the dialog for the editor's selection. */
  show(editor: Editor): void;
}

export function createLinkDialog(): LinkDialog {
  let editor: Editor | null = null;
  const address = h('input', {
    id: 'link-address',
    type: 'text',
    inputmode: 'url',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const error = h('p', { class: 'error', role: 'alert' });

  function finish(change: 'set' | 'remove'): void {
    const chain = editor?.chain().focus().extendMarkRange('link');
    if (chain === undefined || editor === null) return;
    if (change === 'remove') {
      chain.unsetLink().run();
      element.close();
      return;
    }
    const href = linkTarget(address.value);
    if (href === null) {
      error.textContent = texts.invalid;
      return;
    }
    const isBare = editor.state.selection.empty && !editor.isActive('link');
    if (isBare)
      chain
        .insertContent({ type: 'text', text: address.value.trim(), marks: [{ type: 'link', attrs: { href } }] })
        .run();
    else chain.setLink({ href }).run();
    element.close();
  }

  const remove = h('button', { type: 'button', class: 'button quiet', onclick: () => finish('remove') }, texts.remove);
  const form = h(
    'form',
    {
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        finish('set');
      },
    },
    h('h2', { id: 'link-title' }, texts.title),
    h('label', { for: 'link-address' }, texts.address),
    address,
    error,
    h(
      'div',
      { class: 'actions' },
      remove,
      h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.cancel),
      h('button', { type: 'submit', class: 'button primary' }, texts.apply),
    ),
  );
  const element = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'link-title', onclose: () => editor?.commands.focus() },
    form,
  );

  return {
    element,
    show(target) {
      editor = target;
      const href: unknown = target.getAttributes('link').href;
      address.value = typeof href === 'string' ? href : '';
      remove.hidden = typeof href !== 'string';
      error.textContent = '';
      element.showModal();
      address.select();
    },
  };
}
