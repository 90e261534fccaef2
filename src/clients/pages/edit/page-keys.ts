/** Keys of the whole editor page: find, replace and the list of shortcuts. Dialogs keep theirs to themselves. */
import { COMMANDS, keysOf, type Panels } from './commands.ts';
import { isApple, isPressed } from './keys.ts';

/** Takes part in typing: `?` there is a character. */
const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** Ends when the page does. */
export function followPageKeys(panels: Panels): void {
  const apple = isApple();
  const opening = COMMANDS.filter(({ effect }) => typeof effect === 'string' && effect !== 'link');
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
    const command = opening.find((one) => {
      const keys = keysOf(one, apple);
      return keys !== undefined && isPressed(event, keys, apple);
    });
    if (command !== undefined && typeof command.effect === 'string') {
      event.preventDefault();
      panels[command.effect]();
    } else if (event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey && !isField(event.target)) {
      event.preventDefault();
      panels.shortcuts();
    }
  });
}
