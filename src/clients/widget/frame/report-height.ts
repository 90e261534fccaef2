/** Reports to the page around a frame how high its content is, so that it can give the frame that height. Nothing else. */

/** `postMessage` to the parent, at the start and whenever the height changes. */
interface HeightMessage {
  readonly type: 'stet-height';
  /** CSS pixels. */
  readonly height: number;
}

export function reportHeight(): void {
  if (parent === window) return;
  let last = -1;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    parent.postMessage({ type: 'stet-height', height } satisfies HeightMessage, '*');
  }).observe(document.body);
}
