/** Whether the page is looked at. A program that is no page (Node, a worker) counts as visible. */

interface PageScope {
  readonly document?: {
    readonly hidden: boolean;
    addEventListener(type: 'visibilitychange', listener: () => void, options?: { signal: AbortSignal }): void;
  };
}

const scope = globalThis as PageScope;

export const isHidden = (): boolean => scope.document?.hidden === true;

/** Calls back when the page is hidden or shown, until the signal aborts. */
export function onVisibilityChange(listener: () => void, signal?: AbortSignal): void {
  scope.document?.addEventListener('visibilitychange', listener, signal && { signal });
}
