/** Keys in ProseMirror's notation (`Mod-Shift-8`): how a person reads them, and whether an event is them. */
import { keyNames } from '../../../messages/en/shortcuts.ts';

const MODIFIERS = { Alt: '⌥', Shift: '⇧', Mod: '⌘' } as const;

/** Whether this device has an Apple keyboard, whose shortcuts are with ⌘. */
export const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The last part of a shortcut is its key; that can be the hyphen itself. */
function partsOf(keys: string): { modifiers: string[]; key: string } {
  const modifiers = keys.split(/-(?!$)/);
  const key = modifiers.pop() ?? '';
  return { modifiers, key };
}

const nameOf = (key: string) => keyNames[key as keyof typeof keyNames] ?? key.toUpperCase();

/** `Mod-Shift-8` is `⇧⌘8` on Apple keyboards and `Ctrl+Shift+8` elsewhere. */
export function keysLabel(keys: string, apple: boolean): string {
  const { modifiers, key } = partsOf(keys);
  if (!apple) return [...modifiers.map((name) => nameOf(name === 'Mod' ? 'Control' : name)), nameOf(key)].join('+');
  const symbols = Object.entries(MODIFIERS).filter(([name]) => modifiers.includes(name));
  return symbols.map(([, symbol]) => symbol).join('') + nameOf(key);
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(keys: string, apple: boolean): string {
  const { modifiers, key } = partsOf(keys);
  return [...modifiers.map((name) => (name === 'Mod' ? (apple ? 'Meta' : 'Control') : name)), key].join('+');
}

/** Whether the event is these keys and no other modifier. */
export function isPressed(event: KeyboardEvent, keys: string, apple: boolean): boolean {
  const { modifiers, key } = partsOf(keys);
  const has = (name: string) => modifiers.includes(name);
  return (
    !event.isComposing &&
    event.key.toLowerCase() === key.toLowerCase() &&
    (apple ? event.metaKey : event.ctrlKey) === has('Mod') &&
    !(apple ? event.ctrlKey : event.metaKey) &&
    event.altKey === has('Alt') &&
    event.shiftKey === has('Shift')
  );
}
