/**
 * The editor's text is the Yjs document's. After each change of somebody else's, y-tiptap makes the whole text anew and looks for the
 * caret in it; where others deleted what the caret was in, it may look behind the end of the text, and throws before the text is
 * shown. The editor would stay behind the draft then, and write what it shows over what others wrote with the next key. So the text
 * comes first: without the caret, which is put near to where it was.
 */
import { Collaboration } from '@tiptap/extension-collaboration';
import { Selection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { ProsemirrorBinding } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';

const { prototype } = ProsemirrorBinding;
const show = prototype._typeChanged;

prototype._typeChanged = function showText(this: ProsemirrorBinding, ...change: Parameters<typeof show>): void {
  try {
    show.apply(this, change);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const view = this.prosemirrorView as EditorView;
    const at = view.state.selection.from;
    (this as { beforeTransactionSelection: unknown }).beforeTransactionSelection = null;
    show.apply(this, change);
    const { doc, tr } = view.state;
    view.dispatch(tr.setSelection(Selection.near(doc.resolve(Math.min(at, doc.content.size)))));
  }
};

/** The extension for a text in Yjs. */
export const collaboration = (fragment: Y.XmlFragment) => Collaboration.configure({ fragment });
