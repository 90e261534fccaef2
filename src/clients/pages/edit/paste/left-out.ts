/** Says what a paste lost or had to change; what only looked otherwise, such as colours and sizes, is no loss. */
import { LOCALE } from '../../../../messages/en/locale.ts';
import { notices as texts } from '../../../../messages/en/paste.ts';
import type { LeftOut } from './html/converter.ts';

/** Null where nothing was lost. */
export function leftOutText({
  pictures,
  embeds,
  comments,
  links,
  scripts,
  mergedCells,
  largeTables,
}: LeftOut): string | null {
  const missing = [
    pictures > 0 && texts.pictures(pictures),
    embeds > 0 && texts.embeds(embeds),
    comments > 0 && texts.comments(comments),
  ].filter((part) => part !== false);
  const sentences = [
    missing.length > 0 && texts.leftOut(new Intl.ListFormat(LOCALE).format(missing)),
    links > 0 && texts.links(links),
    scripts > 0 && texts.scripts(scripts),
    mergedCells > 0 && texts.mergedCells(mergedCells),
    largeTables > 0 && texts.largeTables(largeTables),
  ].filter((sentence) => sentence !== false);
  return sentences.length > 0 ? sentences.join(' ') : null;
}
