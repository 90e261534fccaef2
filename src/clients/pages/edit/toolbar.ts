/** The toolbar: one tab stop, arrow keys inside, buttons that say what the selection is. */
import type { Editor } from '@tiptap/core';
import { toolbar as texts } from '../../../messages/en/edit.ts';
import { fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { COMMANDS, type Command, keysLabel } from './commands.ts';

export interface Toolbar {
  readonly element: HTMLElement;
  close(): void;
}

const LINK: Pick<Command, 'id' | 'label' | 'face' | 'keys'> = {
  id: 'link',
  label: texts.commands.link,
  face: { icon: 'link' },
  keys: 'Mod-k',
};

function makeButton(command: typeof LINK, apple: boolean, run: () => void): HTMLButtonElement {
  const { id, label, face, keys } = command;
  const shortcut = keysLabel(keys, apple);
  const button = h('button', {
    type: 'button',
    class: 'tool',
    'data-command': id,
    'aria-label': label,
    'aria-keyshortcuts': keys.replaceAll('-', '+').replace('Mod', apple ? 'Meta' : 'Control'),
    title: texts.withKeys(label, shortcut),
    tabindex: -1,
    // Keeps the selection, and the phone's keyboard, where they are.
    onmousedown: (event: MouseEvent) => event.preventDefault(),
    onclick: run,
  });
  fill(button, 'icon' in face ? icon(face.icon) : h('span', { class: `glyph glyph-${id}` }, face.glyph));
  return button;
}

function moveFocus(event: KeyboardEvent, buttons: readonly HTMLButtonElement[]): void {
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
  const to = steps[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const target = buttons[(to + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
  target?.focus();
}

export function createToolbar(editor: Editor, onLink: () => void): Toolbar {
  const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const link = makeButton(LINK, apple, onLink);
  const made = COMMANDS.map((group) =>
    group.map((command) => {
      const run = () => command.run(editor.chain().focus()).run();
      return { command, button: makeButton(command, apple, run) };
    }),
  );
  const groups = made.map((group) => h('div', { class: 'tools', role: 'group' }, ...group.map(({ button }) => button)));
  groups[1]?.append(link);
  const element = h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': texts.label, 'aria-orientation': 'horizontal' },
    ...groups,
  );
  const buttons = [...element.querySelectorAll('button')];
  if (buttons[0] !== undefined) buttons[0].tabIndex = 0;
  element.addEventListener('keydown', (event) => moveFocus(event, buttons));

  let frame: number | undefined;
  function draw(): void {
    frame = undefined;
    if (editor.isDestroyed) return;
    link.setAttribute('aria-pressed', String(editor.isActive('link')));
    for (const { command, button } of made.flat()) {
      if (command.active !== undefined) button.setAttribute('aria-pressed', String(command.active(editor)));
      // Not `disabled`: a button that loses focus when it stops working throws the keyboard user out of the toolbar.
      if (command.possible !== undefined) button.setAttribute('aria-disabled', String(!command.possible(editor)));
    }
  }
  const drawSoon = () => {
    frame ??= requestAnimationFrame(draw);
  };
  editor.on('transaction', drawSoon);
  draw();
  return {
    element,
    close() {
      editor.off('transaction', drawSoon);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
