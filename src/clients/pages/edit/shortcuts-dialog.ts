/** The list of keyboard shortcuts, in the notation of the device. */
import { actions } from '../../../messages/en/common.ts';
import { dialog as texts } from '../../../messages/en/shortcuts.ts';
import { h } from '../common/dom.ts';
import { COMMANDS, GROUPS, keysOf } from './commands.ts';
import { isApple, keysLabel } from './keys.ts';

/** A label, and the keys that are pressed one after the other. */
type Row = readonly [label: string, keys: readonly string[]];

const { moving } = texts;
const MOVING: readonly Row[] = [
  [moving.slash, ['/']],
  [moving.indent, ['Tab']],
  [moving.outdent, ['Shift-Tab']],
  [moving.toolbar, ['Alt-F10']],
  [moving.tableToolbar, ['Alt-F10']],
  [moving.text, ['Escape']],
  [moving.leave, ['Escape', 'Tab']],
  [moving.pastePlain, ['Mod-Shift-v']],
  [moving.help, ['?']],
];

function group(name: string, rows: readonly Row[], apple: boolean): HTMLElement {
  const keysOfRow = (keys: readonly string[]) =>
    keys.flatMap((one, index) => [index > 0 && ` ${texts.thenPress} `, h('kbd', {}, keysLabel(one, apple))]);
  return h(
    'section',
    {},
    h('h3', {}, name),
    h('dl', {}, ...rows.map(([label, keys]) => h('div', {}, h('dt', {}, label), h('dd', {}, ...keysOfRow(keys))))),
  );
}

export function createShortcutsDialog(): HTMLDialogElement {
  const apple = isApple();
  const groups = GROUPS.map((name) => {
    const commands = COMMANDS.filter((command) => command.group === name);
    const rows = commands.flatMap((command): Row[] => {
      const keys = keysOf(command, apple);
      return keys === undefined ? [] : [[command.label, [keys]]];
    });
    return group(texts.groups[name], rows, apple);
  });
  const close = h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.close);
  const element = h(
    'dialog',
    { class: 'dialog shortcuts-dialog', 'aria-labelledby': 'shortcuts-title' },
    h('h2', { id: 'shortcuts-title' }, texts.title),
    h(
      'div',
      { class: 'shortcuts', tabindex: 0, role: 'group', 'aria-labelledby': 'shortcuts-title' },
      ...groups,
      group(texts.groups.moving, MOVING, apple),
    ),
    h('div', { class: 'actions' }, close),
  );
  return element;
}
