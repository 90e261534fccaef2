/** Makes DOM nodes. Text goes in as text nodes only: no HTML is ever parsed from a string. */

export type Child = Node | string | null | false;
type Attribute = string | number | boolean | undefined;
type Listener<E extends Event = Event> = (event: E) => void;
export interface Props {
  readonly [attribute: `on${string}`]: Listener<never> | undefined;
  readonly [attribute: string]: Attribute | Listener<never>;
}

/**
 * Makes an element.
 * @param props attributes; `true` sets an empty one, `false` and `undefined` leave it out; `onx` adds a listener for `x`
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as Listener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replaces the content of an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child) => child !== null && child !== false));
}

/** The element of the page's shell for the app, emptied of its loading state. */
export function appRoot(): HTMLElement {
  const root = document.getElementById('app');
  if (root === null) throw new Error('the page has no #app');
  root.removeAttribute('aria-busy');
  return root;
}
