/** A toolbar: one tab stop, arrow keys inside, Escape back to the text, buttons that say what the selection is. */
import type { Editor } from '@tiptap/core';
import { toolbar as texts } from '../../../messages/en/edit.ts';
import { fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { COMMANDS, type Command, keysOf, type Panels, perform } from './commands.ts';
import { ariaKeys, isApple, keysLabel } from './keys.ts';

export interface ToolbarOptions {
  readonly class: string;
  readonly label: string;
  readonly groups: readonly Command['group'][];
  /** Asked after each change of the text, the selection or the focus; left out, it is always shown. */
  readonly isShown?: (element: HTMLElement) => boolean;
}

export interface Toolbar {
  /** Hidden while it is not shown. */
  readonly element: HTMLElement;
  /** Moves the keyboard's focus to the button that had it last. */
  focus(): void;
  close(): void;
}

function makeButton(command: Command, apple: boolean, run: () => void): HTMLButtonElement {
  const { id, label, face } = command;
  const keys = keysOf(command, apple);
  const button = h('button', {
    type: 'button',
    class: 'tool',
    'data-command': id,
    'aria-label': label,
    'aria-keyshortcuts': keys === undefined ? undefined : ariaKeys(keys, apple),
    title: keys === undefined ? label : texts.withKeys(label, keysLabel(keys, apple)),
    tabindex: -1,
    // Keeps the selection, and the phone's keyboard, where they are.
    onmousedown: (event: MouseEvent) => event.preventDefault(),
    onclick: run,
  });
  if (face !== undefined)
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

export function createToolbar(editor: Editor, panels: Panels, options: ToolbarOptions): Toolbar {
  const apple = isApple();
  const own = COMMANDS.filter(({ face, group }) => face !== undefined && options.groups.includes(group));
  const made = own.map((command) => {
    const isEdit = typeof command.effect === 'function';
    const run = () => perform(command, panels, isEdit ? editor.chain().focus() : editor.chain());
    return { command, button: makeButton(command, apple, run) };
  });
  const groups = options.groups.map((name) => {
    const buttons = made.filter(({ command }) => command.group === name).map(({ button }) => button);
    return h('div', { class: 'tools', role: 'group' }, ...buttons);
  });
  const element = h(
    'div',
    { class: options.class, role: 'toolbar', 'aria-label': options.label, 'aria-orientation': 'horizontal' },
    ...groups,
  );
  const buttons = made.map(({ button }) => button);
  if (buttons[0] !== undefined) buttons[0].tabIndex = 0;
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      editor.view.focus();
    } else moveFocus(event, buttons);
  });

  let frame: number | undefined;
  function draw(): void {
    frame = undefined;
    if (editor.isDestroyed) return;
    if (options.isShown !== undefined) element.hidden = !options.isShown(element);
    if (element.hidden) return;
    for (const { command, button } of made) {
      if (command.active !== undefined) button.setAttribute('aria-pressed', String(command.active(editor)));
      // Not `disabled`: a button that loses focus when it stops working throws the keyboard user out of the toolbar.
      if (command.possible !== undefined) button.setAttribute('aria-disabled', String(!command.possible(editor)));
    }
  }
  const drawSoon = () => {
    frame ??= requestAnimationFrame(draw);
  };
  // Whether the text can be written in is an update without a transaction.
  const changes = ['transaction', 'update', 'focus', 'blur'] as const;
  for (const change of changes) editor.on(change, drawSoon);
  draw();
  return {
    element,
    focus: () => buttons.find(({ tabIndex }) => tabIndex === 0)?.focus(),
    close() {
      for (const change of changes) editor.off(change, drawSoon);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
