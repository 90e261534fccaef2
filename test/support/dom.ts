/**
 * A page without a browser, for editors that ask for one when they are loaded: import it before them. It computes no layout,
 * so everything is a line high and stands at the top left.
 */
import { registerHooks } from 'node:module';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true, url: 'http://localhost/' });

/** Of the page's globals those that Node has none of its own of. */
function share(): void {
  const globals = globalThis as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!(name in globals))
      Object.defineProperty(globals, name, { value: window[name], configurable: true, writable: true });
  }
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    globals[name] = (window[name] as (...args: unknown[]) => unknown).bind(window);
  }
  globals.window = window;
}

/** What editors measure and watch, and the page does not have. */
function complete(): void {
  const nothing = () => undefined;
  const rectangle = () => ({ x: 0, y: 0, top: 0, left: 0, right: 0, bottom: 16, width: 0, height: 16 });
  const prototypes = window as unknown as Record<string, { prototype: object }>;
  Object.assign(prototypes.Range?.prototype ?? {}, { getBoundingClientRect: rectangle, getClientRects: () => [] });
  Object.assign(prototypes.Document?.prototype ?? {}, {
    queryCommandSupported: () => false,
    elementFromPoint: () => null,
    hasFocus: () => true,
  });
  Object.defineProperty(prototypes.HTMLElement?.prototype ?? {}, 'offsetParent', {
    get(this: { parentElement: unknown }) {
      return this.parentElement;
    },
  });
  const canvas = new Proxy(
    {},
    {
      get: (_, key) => (key === 'measureText' ? () => ({ width: 8 }) : String(key).endsWith('Ratio') ? 1 : nothing),
      set: () => true,
    },
  );
  Object.assign(prototypes.HTMLCanvasElement?.prototype ?? {}, { getContext: () => canvas });
  const query = { matches: false, addEventListener: nothing, removeEventListener: nothing };
  class Observer {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  Object.assign(window, { matchMedia: () => query, ResizeObserver: Observer, scrollTo: nothing });
}

complete();
share();
// Monaco imports its style sheets as modules.
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.css') ? { format: 'module', source: '', shortCircuit: true } : next(url, context),
});

/** What a test needs of an element; the page has all of it. */
export interface PageElement {
  readonly textContent: string;
  append(child: PageElement): void;
  remove(): void;
  focus(): void;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** A new element at the end of the page. */
export function element(): PageElement {
  const document = window.document as { body: PageElement; createElement(name: string): PageElement };
  const made = document.createElement('div');
  document.body.append(made);
  return made;
}
