/** The direction of a block of a text: that of its own letters, and of code always from left to right. */

/** On elements that the browser has not shown yet as well as on those that it has. */
export function setDirection(block: Element): void {
  if (block.localName !== 'hr') block.setAttribute('dir', block.localName === 'pre' ? 'ltr' : 'auto');
}
