/** What a paste could not bring along. */
import { number, plural } from './locale.ts';

export const notices = {
  leftOut: (list: string) => `Not pasted: ${list}.`,
  pictures: (count: number) => plural(count, { one: `${number(count)} picture`, other: `${number(count)} pictures` }),
  embeds: (count: number) => plural(count, { one: `${number(count)} embed`, other: `${number(count)} embeds` }),
  comments: (count: number) => plural(count, { one: `${number(count)} comment`, other: `${number(count)} comments` }),
  links: (count: number) =>
    plural(count, {
      one: '1 link has no web address and was pasted as text.',
      other: `${number(count)} links have no web address and were pasted as text.`,
    }),
  scripts: (count: number) =>
    plural(count, {
      one: '1 superscript or subscript was pasted as plain text.',
      other: `${number(count)} superscripts or subscripts were pasted as plain text.`,
    }),
  mergedCells: (count: number) =>
    plural(count, { one: '1 merged cell was split.', other: `${number(count)} merged cells were split.` }),
  largeTables: (count: number) =>
    plural(count, {
      one: '1 table was too large and was pasted as text.',
      other: `${number(count)} tables were too large and were pasted as text.`,
    }),
};
