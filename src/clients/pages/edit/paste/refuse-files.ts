/** Refuses files that are pasted or dropped anywhere on the page. A browser would leave the page to show a dropped one. */
import { hasFiles, isFilesOnly } from './files.ts';

/**
 * Ends when the page does.
 * @param say tells the author
 */
export function refuseFiles(say: () => void): void {
  const refuse = (event: Event, data: DataTransfer | null) => {
    if (data === null || !isFilesOnly(data)) return;
    // The text's own handlers then leave it alone.
    event.preventDefault();
    say();
  };
  const first = { capture: true };
  document.addEventListener('paste', (event) => refuse(event, event.clipboardData), first);
  document.addEventListener('drop', (event) => refuse(event, event.dataTransfer), first);
  document.addEventListener(
    'dragover',
    (event) => {
      const types = event.dataTransfer?.types ?? [];
      // What can be dropped here comes to `drop`.
      if (hasFiles(types) && !types.includes('text/html')) event.preventDefault();
    },
    first,
  );
}
