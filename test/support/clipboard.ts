/** An editor to paste into, without a browser. */
import './dom.ts';
import { Editor } from '@tiptap/core';
import { Selection } from '@tiptap/pm/state';
import type { ExecutionContext } from 'ava';
import * as Y from 'yjs';
import { collaboration } from '../../src/clients/pages/edit/collaboration.ts';
import { KitLoader } from '../../src/clients/pages/edit/paste/kit-loader.ts';
import { pasting } from '../../src/clients/pages/edit/paste/paste.ts';
import { TableEditing } from '../../src/clients/pages/edit/tables/table-editing.ts';
import { CONTENT } from '../../src/content/model/extensions.ts';
import { BODY } from '../../src/content/model/schema.ts';
import type { Body } from '../../src/content/model/types.ts';
import { readContent, writeContent } from '../../src/content/yjs/draft.ts';
import { body, paragraph } from './bodies.ts';
import { element } from './dom.ts';

declare const window: { Event: new (type: string, init: object) => { readonly defaultPrevented: boolean } };

// The page has none, and editors make one for each paste of their own.
Object.assign(globalThis, {
  ClipboardEvent: class extends window.Event {
    readonly clipboardData = null;
  },
});

export interface ClipboardData {
  readonly [type: string]: string;
}

export interface PasteTarget {
  readonly editor: Editor;
  readonly doc: Y.Doc;
  /** What the author was told, in order; null: the last one was taken away. */
  readonly said: (string | null)[];
  readonly stored: () => Body;
  /** Presses keys and pastes, as a browser does. Answers whether the editor took it. */
  paste(data: ClipboardData, isPlain?: boolean): boolean;
  type(words: string): void;
}

export interface PasteTargetOptions {
  readonly content?: Body;
  readonly loader?: KitLoader;
  readonly patienceMs?: number;
}

export async function loadedKit(): Promise<KitLoader> {
  const loader = new KitLoader();
  await Promise.all([loader.loadKit(), loader.loadMarkdown()]);
  return loader;
}

/** An editor with the cursor at the end of its text. */
export async function pasteTarget(
  t: ExecutionContext,
  { content = body(paragraph()), loader, patienceMs }: PasteTargetOptions = {},
): Promise<PasteTarget> {
  const doc = new Y.Doc();
  writeContent(doc, { body: content });
  const said: (string | null)[] = [];
  const options = {
    say: (sentence: string | null) => void said.push(sentence),
    loader: loader ?? (await loadedKit()),
    ...(patienceMs !== undefined && { patienceMs }),
  };
  const editor = new Editor({
    element: element() as never,
    injectCSS: false,
    enablePasteRules: ['link'],
    extensions: [...CONTENT, TableEditing, pasting(options), collaboration(doc.getXmlFragment(BODY))],
  });
  t.teardown(() => editor.destroy());
  editor.view.dispatch(editor.state.tr.setSelection(Selection.atEnd(editor.state.doc)));
  const dispatch = (type: string, more: object): boolean => {
    const event = Object.assign(new window.Event(type, { bubbles: true, cancelable: true }), more);
    editor.view.dom.dispatchEvent(event as never);
    return event.defaultPrevented;
  };
  return {
    editor,
    doc,
    said,
    stored: () => readContent(doc).body,
    paste(data, isPlain = false) {
      const clipboardData = { types: Object.keys(data), files: [], getData: (type: string) => data[type] ?? '' };
      if (isPlain) dispatch('keydown', { key: 'V', code: 'KeyV', shiftKey: true, ctrlKey: true });
      const isTaken = dispatch('paste', { clipboardData });
      if (isPlain) dispatch('keyup', { key: 'V', code: 'KeyV' });
      return isTaken;
    },
    type: (words) => void editor.commands.insertContent({ type: 'text', text: words }),
  };
}
