/**
 * The slash menu: a list box at the cursor, which stays in the text (`aria-activedescendant`). Keys that an input method
 * still needs do not come here: ProseMirror passes on none while text is being composed.
 */
import { type Editor, Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { slashMenu as texts } from '../../../../messages/en/edit.ts';
import { fill, h } from '../../common/dom.ts';
import { icon } from '../../common/icons.ts';
import { type Command, type Panels, perform } from '../commands.ts';
import { placeAt } from './place.ts';
import { nextSlash, type SlashAction, type SlashMenu } from './slash-state.ts';

const KEY = new PluginKey<SlashMenu | null>('slashMenu');
const LIST_ID = 'slash-menu';
const optionId = (command: Command) => `slash-${command.id}`;

/** The menu, if there is something in it: else keys are the text's. */
function shown(view: EditorView): SlashMenu | null {
  const menu = KEY.getState(view.state);
  return menu && menu.items.length > 0 ? menu : null;
}

const act = (view: EditorView, action: SlashAction) => view.dispatch(view.state.tr.setMeta(KEY, action));

function option(command: Command, isActive: boolean, choose: () => void): HTMLElement {
  const { face, label } = command;
  const glyph = face && ('icon' in face ? icon(face.icon) : h('span', { class: `glyph-${command.id}` }, face.glyph));
  return h(
    'div',
    { id: optionId(command), role: 'option', 'aria-selected': String(isActive), onclick: choose },
    h('span', { class: 'slash-face', 'aria-hidden': 'true' }, glyph ?? null),
    label,
  );
}

function createList(view: EditorView, choose: (command: Command) => void) {
  const element = h('div', {
    id: LIST_ID,
    class: 'slash-menu',
    role: 'listbox',
    'aria-label': texts.label,
    // It scrolls. The keyboard stays in the text all the same: there Tab takes the active item.
    tabindex: 0,
    hidden: true,
    // The focus, and with it the phone's keyboard, stays in the text.
    onmousedown: (event: MouseEvent) => event.preventDefault(),
  });
  let drawn: SlashMenu | null = null;
  const place = () => {
    if (drawn !== null) placeAt(element, view.coordsAtPos(drawn.from));
  };
  const viewport = window.visualViewport;
  window.addEventListener('scroll', place, { passive: true });
  viewport?.addEventListener('resize', place);
  return {
    draw(menu: SlashMenu | null) {
      if (menu === drawn) return;
      drawn = menu;
      element.hidden = menu === null;
      if (menu === null) return;
      if (!element.isConnected) view.dom.parentElement?.append(element);
      fill(
        element,
        ...menu.items.map((command, index) => option(command, index === menu.active, () => choose(command))),
      );
      place();
      element.children[menu.active]?.scrollIntoView({ block: 'nearest' });
    },
    close() {
      window.removeEventListener('scroll', place);
      viewport?.removeEventListener('resize', place);
      element.remove();
    },
  };
}

function plugin(editor: Editor, panels: Panels): Plugin<SlashMenu | null> {
  function choose(view: EditorView, command: Command): void {
    const menu = shown(view);
    if (menu === null) return;
    const to = view.state.selection.from;
    act(view, { kind: 'close' });
    perform(command, panels, editor.chain().deleteRange({ from: menu.from, to }));
  }

  return new Plugin<SlashMenu | null>({
    key: KEY,
    state: {
      init: () => null,
      apply: (change, menu, before, after) => nextSlash(change, change.getMeta(KEY), menu, before, after),
    },
    props: {
      attributes: (state): Record<string, string> => {
        const menu = KEY.getState(state);
        const active = menu?.items[menu.active];
        return active === undefined ? {} : { 'aria-controls': LIST_ID, 'aria-activedescendant': optionId(active) };
      },
      handleKeyDown(view, event) {
        const menu = shown(view);
        if (menu === null) return false;
        const { items, active } = menu;
        switch (event.key) {
          case 'ArrowDown':
            act(view, { kind: 'move', to: (active + 1) % items.length });
            return true;
          case 'ArrowUp':
            act(view, { kind: 'move', to: (active - 1 + items.length) % items.length });
            return true;
          case 'Enter':
          case 'Tab': {
            const command = items[active];
            if (command !== undefined) choose(view, command);
            return true;
          }
          case 'Escape':
            act(view, { kind: 'close' });
            return true;
          default:
            return false;
        }
      },
      handleDOMEvents: {
        blur(view) {
          if (KEY.getState(view.state) !== null) act(view, { kind: 'close' });
          return false;
        },
      },
    },
    view(view) {
      const list = createList(view, (command) => choose(view, command));
      return {
        update: () => list.draw(view.editable ? shown(view) : null),
        destroy: () => list.close(),
      };
    },
  });
}

export function slashMenu(panels: Panels): Extension {
  return Extension.create({
    name: 'slashMenu',
    // Before all other keys of the text.
    priority: 1100,
    addProseMirrorPlugins() {
      return [plugin(this.editor, panels)];
    },
  });
}
