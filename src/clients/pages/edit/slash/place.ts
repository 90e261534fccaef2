/** Puts a menu beside a place in the text, where neither the window's edge nor a phone's keyboard hides it. */

/** Pixels between the menu and the edges of what is seen. */
const MARGIN = 8;
const MAX_HEIGHT = 320;

export interface MenuPosition {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

/** @param at relative to the window; the menu is `position: fixed` */
export function placeAt(menu: HTMLElement, at: MenuPosition): void {
  const { width, height, offsetTop, offsetLeft } = window.visualViewport ?? {
    width: window.innerWidth,
    height: window.innerHeight,
    offsetTop: 0,
    offsetLeft: 0,
  };
  const below = offsetTop + height - at.bottom - 2 * MARGIN;
  const above = at.top - offsetTop - 2 * MARGIN;
  const isBelow = below >= Math.min(menu.scrollHeight, MAX_HEIGHT, above);
  menu.style.maxHeight = `${Math.min(Math.max(isBelow ? below : above, 0), MAX_HEIGHT)}px`;
  const left = Math.min(at.left, offsetLeft + width - menu.offsetWidth - MARGIN);
  menu.style.left = `${Math.max(left, offsetLeft + MARGIN)}px`;
  menu.style.top = `${isBelow ? at.bottom + MARGIN : at.top - MARGIN - menu.offsetHeight}px`;
}
