/**
 * The text on the page, block by block: what is equal stays the same node, what changed is changed in place, and the
 * reader goes on where they were. Knows nothing of where texts come from.
 */
import { setDirection } from '../pages/common/block-direction.ts';
import { safeNodes } from '../pages/common/safe-html.ts';
import { planBlocks } from './plan-blocks.ts';

interface Block {
  readonly node: Element;
  /** As the browser writes it. */
  html: string;
}

export interface ArticleBody {
  /**
   * Shows a text, given whole or block by block.
   * @param isNews whether what differs from the one before is marked for a while
   */
  show(blocks: readonly string[], isNews: boolean): void;
}

/** How long a changed block stays marked after its last change. */
const MARKED_MS = 2_500;

const blocksOf = (html: string): Block[] =>
  safeNodes(html).flatMap((node) => (node instanceof Element ? { node, html: node.outerHTML } : []));

/** Of one block as it was written before. */
function blockOf(html: string): Block {
  const [block] = blocksOf(html);
  if (!block) throw new Error('a block of its own writing is none');
  return block;
}

/** Whether the node has all that the other one has besides its content. */
function canStay(node: Element, { localName, attributes }: Element): boolean {
  const has = (name: string, value: string) =>
    name === 'class' ? node.classList.contains(value) : node.getAttribute(name) === value;
  return node.localName === localName && [...attributes].every(({ name, value }) => has(name, value));
}

/**
 * @param element contains the blocks
 * @param above what comes before them and stays
 */
export function createArticleBody(element: Element, above: Element): ArticleBody {
  const marks = new WeakMap<Element, ReturnType<typeof setTimeout>>();
  /** What each source that is on the page amounts to: a long text is not parsed again for each word. */
  let parsed = new Map<string, readonly string[]>();
  let shown: Block[] = [...element.children].flatMap((node) => {
    const [block] = blocksOf(node.outerHTML);
    return block ? { node, html: block.html } : [];
  });

  function mark(node: Element): void {
    clearTimeout(marks.get(node));
    node.classList.add('fresh');
    marks.set(
      node,
      setTimeout(() => node.classList.remove('fresh'), MARKED_MS),
    );
  }

  /** A block that is another one now; the node stays if it can, and with it what the reader has there. */
  function change({ node }: Block, html: string): Block {
    const fresh = blockOf(html);
    if (!canStay(node, fresh.node)) return fresh;
    for (const { name } of [...node.attributes])
      if (name !== 'class' && !fresh.node.hasAttribute(name)) node.removeAttribute(name);
    node.replaceChildren(...fresh.node.childNodes);
    return { node, html };
  }

  /** What the reader has at the top of the window and keeps. */
  function anchor(stays: (index: number) => boolean): Element {
    if (above.getBoundingClientRect().bottom > 0) return above;
    const seen = shown.findIndex(({ node }) => node.getBoundingClientRect().bottom > 0);
    const start = seen < 0 ? shown.length : seen;
    const below = shown.findIndex((_, index) => index >= start && stays(index));
    const index = below >= 0 ? below : shown.findLastIndex((_, at) => at < start && stays(at));
    return shown[index]?.node ?? above;
  }

  return {
    show(sources, isNews) {
      const parsedNow = new Map<string, readonly string[]>();
      const next = sources.flatMap((source) => {
        const blocks = parsed.get(source) ?? blocksOf(source).map(({ html }) => html);
        parsedNow.set(source, blocks);
        return blocks;
      });
      parsed = parsedNow;
      const before = shown;
      const plan = planBlocks(
        before.map(({ html }) => html),
        next,
      );
      const reused = new Set(plan.map(({ former }) => former));
      const fixed = anchor((index) => reused.has(index));
      const top = fixed.getBoundingClientRect().top;
      const after = plan.map(({ former, isSame }, index): Block => {
        const present = former === null ? undefined : before[former];
        const html = next[index] ?? '';
        if (present && isSame) return present;
        const block = present ? change(present, html) : blockOf(html);
        setDirection(block.node);
        if (isNews) mark(block.node);
        return block;
      });
      const staying = new Set(after.map(({ node }) => node));
      for (const { node } of before) if (!staying.has(node)) node.remove();
      for (const [index, { node }] of after.entries()) {
        const present = element.children[index];
        if (present !== node) element.insertBefore(node, present ?? null);
      }
      shown = after;
      scrollBy({ top: fixed.getBoundingClientRect().top - top, behavior: 'instant' });
    },
  };
}
