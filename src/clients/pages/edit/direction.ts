/** Each block of the text runs as its own words do (`dir="auto"`): Arabic to the left beside English to the right. */
import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

const KEY = new PluginKey<DecorationSet>('direction');

/** A list, quote or table runs as a whole; programs run to the right. */
function directions(doc: Node): DecorationSet {
  const blocks: Decoration[] = [];
  doc.forEach((node, offset) => {
    if (!node.type.spec.code) blocks.push(Decoration.node(offset, offset + node.nodeSize, { dir: 'auto' }));
  });
  return DecorationSet.create(doc, blocks);
}

/** Those of a text that has just changed: typing moves them, and only what adds or turns blocks makes them anew. */
function directionsAfter({ mapping, doc }: Transaction, before: DecorationSet): DecorationSet {
  const moved = before.map(mapping, doc);
  const wanted = doc.children.filter(({ type }) => !type.spec.code).length;
  return moved.find().length === wanted ? moved : directions(doc);
}

/** By decorations: what is stored has no direction. */
export const Direction = Extension.create({
  name: 'direction',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: KEY,
      state: {
        init: (_config, { doc }) => directions(doc),
        apply: (change, present) => (change.docChanged ? directionsAfter(change, present) : present),
      },
      props: { decorations: (state) => KEY.getState(state) },
    }),
  ],
});
