/** Whether what is pasted or dropped is files. There are no media yet to put them into. */

/** The part of `DataTransfer` that is used. */
export interface Transfer {
  readonly types: readonly string[];
  readonly files: ArrayLike<{ readonly name: string }>;
  getData(type: string): string;
}

/** As browsers say it, of what is dragged too. */
export const hasFiles = (types: readonly string[]): boolean => types.some((type) => type === 'Files');

/** A picture that a browser copies stands alone in its HTML. */
const NO_TEXT = /<style(?=[\s>])[\s\S]*?(?:<\/style\s*>|$)|<[^>]*(?:>|$)|&nbsp;|\s/gi;
const FILE_ADDRESS = /\bfile:\/\/\S*/g;

/**
 * Whether there is nothing but files. Office programs put a picture beside the text that was copied, and file managers the
 * names of the files.
 */
export function isFilesOnly(data: Transfer): boolean {
  if (!hasFiles(data.types)) return false;
  const html = data.getData('text/html');
  if (html !== '') return html.replace(NO_TEXT, '') === '';
  const text = Array.from(data.files).reduce((left, { name }) => left.replace(name, ''), data.getData('text/plain'));
  return text.replace(FILE_ADDRESS, '').trim() === '';
}
