/**
 * The sections of a body: what stands under one of its headings, up to the next one of that level. The headings of the highest
 * level that the body has begin sections; what stands before the first belongs to none. In a live document each is a post. Pure.
 */
import { headingLevel } from './shape.ts';
import { inlineText } from './text.ts';
import type { Block, Body } from './types.ts';

export interface Section {
  /** In one line. */
  readonly heading: string;
  /** Place of the heading among the body's blocks. */
  readonly at: number;
  /** What stands below the heading. */
  readonly body: Body;
}

const isHeading = ({ type }: Block): boolean => type === 'heading';
const textOf = (heading: Block): string => inlineText(heading).replace(/\s+/g, ' ').trim();

/** Places of all headings among the body's blocks, of any level. */
export const headingsOf = ({ content }: Body): number[] =>
  content.flatMap((block, at) => (isHeading(block) ? [at] : []));

export function sectionsOf(body: Body): Section[] {
  const { content } = body;
  const headings = headingsOf(body)
    .map((at) => ({ at, level: headingLevel(content[at]?.attrs?.level), heading: textOf(content[at]!) }))
    // One that was just begun has nothing to say yet.
    .filter(({ heading }) => heading !== '');
  const highest = Math.min(...headings.map(({ level }) => level));
  const starts = headings.filter(({ level }) => level === highest);
  return starts.map(({ heading, at }, index) => ({
    heading,
    at,
    body: { type: 'doc', content: content.slice(at + 1, starts[index + 1]?.at) },
  }));
}
