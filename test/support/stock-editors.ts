/**
 * Editors of others, each with its own Yjs binding as it comes and in the set-up of its manual, on a page without a browser.
 * Nothing here knows of Stet.
 */
import './dom.ts';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import * as lexicalYjs from '@lexical/yjs';
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret';
import { EditorState as ProseMirrorState } from '@tiptap/pm/state';
import { EditorView as ProseMirrorView } from '@tiptap/pm/view';
import { StarterKit } from '@tiptap/starter-kit';
import * as lexical from 'lexical';
import { schema } from 'prosemirror-schema-basic';
import Quill from 'quill';
import QuillCursors from 'quill-cursors';
import { yCollab } from 'y-codemirror.next';
import { yCursorPlugin, ySyncPlugin } from 'y-prosemirror';
import { QuillBinding } from 'y-quill';
import type { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { element, type PageElement } from './dom.ts';

// Their style sheets are modules only once the page is set up.
const monaco = await import('monaco-editor/esm/vs/editor/editor.api.js');
const { MonacoBinding } = await import('y-monaco');

export interface StockEditor {
  text(): string;
  /** Writes at the beginning, as the editor's own user, whose caret is behind it then. */
  type(words: string): void;
  /** What it shows beside carets of others. */
  names(): string[];
  /** How many carets of others it shows. */
  carets(): number;
  close(): void;
}

export interface Claimed {
  readonly name: string;
  readonly color: string;
}

/** @param root name of the root type; left out, the one that the binding or its manual has */
export type OpenEditor = (provider: WebsocketProvider, user: Claimed, root?: string) => StockEditor;

const textsOf = (page: PageElement, selector: string): string[] =>
  [...page.querySelectorAll(selector)].map(({ textContent }) => textContent);

function tiptap(provider: WebsocketProvider, user: Claimed, root?: string): StockEditor {
  const page = element();
  const editor = new Editor({
    element: page as never,
    editorProps: { attributes: { tabindex: '0' } },
    extensions: [
      StarterKit.configure({ undoRedo: false }),
      Collaboration.configure({ document: provider.doc, ...(root === undefined ? {} : { field: root }) }),
      CollaborationCaret.configure({ provider, user }),
    ],
  });
  return {
    text: () => editor.getText(),
    type(words) {
      editor.view.focus();
      editor.commands.setTextSelection(1);
      editor.commands.insertContent(words);
    },
    names: () => textsOf(page, '.collaboration-carets__label'),
    carets: () => [...page.querySelectorAll('.collaboration-carets__caret')].length,
    close: () => editor.destroy(),
  };
}

function proseMirror(provider: WebsocketProvider, user: Claimed, root = 'prosemirror'): StockEditor {
  const page = element();
  provider.awareness.setLocalStateField('user', user);
  const state = ProseMirrorState.create({
    schema,
    plugins: [ySyncPlugin(provider.doc.getXmlFragment(root)), yCursorPlugin(provider.awareness)],
  });
  const view = new ProseMirrorView(page as never, { state, attributes: { tabindex: '0' } });
  return {
    text: () => view.state.doc.textContent,
    type(words) {
      view.focus();
      view.dispatch(view.state.tr.insertText(words, 1));
    },
    names: () => textsOf(page, '.ProseMirror-yjs-cursor > div'),
    carets: () => [...page.querySelectorAll('.ProseMirror-yjs-cursor')].length,
    close: () => view.destroy(),
  };
}

function quill(provider: WebsocketProvider, user: Claimed, root = 'quill'): StockEditor {
  const page = element();
  Quill.register('modules/cursors', QuillCursors, true);
  const editor = new Quill(page as never, { modules: { cursors: true } });
  (editor.root as unknown as PageElement).setAttribute('tabindex', '0');
  provider.awareness.setLocalStateField('user', user);
  const binding = new QuillBinding(provider.doc.getText(root), editor, provider.awareness);
  return {
    text: () => editor.getText(),
    type(words) {
      editor.insertText(0, words, 'bold', true, 'user');
      editor.focus();
      editor.setSelection(words.length, 0, 'user');
    },
    names: () => textsOf(page, '.ql-cursor-name'),
    carets: () => [...page.querySelectorAll('.ql-cursor')].length,
    close: () => binding.destroy(),
  };
}

function codeMirror(provider: WebsocketProvider, user: Claimed, root = 'codemirror'): StockEditor {
  const page = element();
  provider.awareness.setLocalStateField('user', user);
  const text = provider.doc.getText(root);
  const state = EditorState.create({ doc: text.toString(), extensions: [yCollab(text, provider.awareness)] });
  const view = new EditorView({ state, parent: page as never });
  (view.contentDOM as unknown as PageElement).setAttribute('tabindex', '0');
  return {
    text: () => view.state.doc.toString(),
    type(words) {
      view.focus();
      view.dispatch({
        changes: { from: 0, insert: words },
        selection: { anchor: words.length },
        userEvent: 'input.type',
      });
    },
    names: () => textsOf(page, '.cm-ySelectionInfo'),
    carets: () => [...page.querySelectorAll('.cm-ySelectionCaret')].length,
    close: () => view.destroy(),
  };
}

function monacoEditor(provider: WebsocketProvider, user: Claimed, root = 'monaco'): StockEditor {
  const page = element();
  const editor = monaco.editor.create(page as never, { value: '', language: 'plaintext', minimap: { enabled: false } });
  const model = editor.getModel();
  if (model === null) throw new Error('an editor that was just made has a text');
  provider.awareness.setLocalStateField('user', user);
  new MonacoBinding(provider.doc.getText(root), model, new Set([editor]), provider.awareness);
  return {
    text: () => model.getValue(),
    type(words) {
      editor.setPosition({ lineNumber: 1, column: 1 });
      editor.trigger('keyboard', 'type', { text: words });
    },
    // Names are the application's to show: the binding marks carets with the client's id.
    names: () =>
      [...provider.awareness.getStates()]
        .filter(([id]) => id !== provider.doc.clientID)
        .map(([, { user }]) => user?.name),
    carets: () =>
      model
        .getAllDecorations()
        .filter(({ options }) => /yRemoteSelectionHead/.test(String(options.beforeContentClassName))).length,
    close: () => {
      editor.dispose();
      model.dispose();
    },
  };
}

function lexicalEditor(provider: WebsocketProvider, user: Claimed, root?: string): StockEditor {
  const [page, cursors] = [element(), element()];
  page.setAttribute('contenteditable', 'true');
  const editor = lexical.createEditor({
    onError(error) {
      throw error;
    },
  });
  editor.setRootElement(page as never);
  const peer = provider as unknown as lexicalYjs.Provider;
  const { doc } = provider;
  const names = root === undefined ? {} : { rootName: root };
  const binding = lexicalYjs.createYjsBinding({ editor, id: 'main', doc, docMap: new Map([['main', doc]]), ...names });
  binding.cursorsContainer = cursors as never;
  lexicalYjs.initLocalState(peer, user.name, user.color, true, {});
  const shared = binding.root.getSharedType();
  shared.observeDeep((events: Y.YEvent<Y.Text>[], { origin }: Y.Transaction) => {
    if (origin !== binding) lexicalYjs.syncYjsChangesToLexical(binding, peer, events, origin instanceof Y.UndoManager);
  });
  const unregister = editor.registerUpdateListener((update) => {
    if (update.tags.has('skip-collab')) return;
    const { prevEditorState, editorState, dirtyElements, dirtyLeaves, normalizedNodes, tags } = update;
    lexicalYjs.syncLexicalUpdateToYjs(
      binding,
      peer,
      prevEditorState,
      editorState,
      dirtyElements,
      dirtyLeaves,
      normalizedNodes,
      tags,
    );
  });
  provider.awareness.on('update', () => lexicalYjs.syncCursorPositions(binding, peer));
  return {
    text: () => editor.getEditorState().read(() => lexical.$getRoot().getTextContent()),
    type(words) {
      editor.update(
        () => {
          const first = lexical.$getRoot().getFirstChild();
          const paragraph = lexical.$isElementNode(first) ? first : lexical.$createParagraphNode();
          if (first === null) lexical.$getRoot().append(paragraph);
          paragraph.selectStart().insertText(words);
        },
        { discrete: true },
      );
    },
    names: () => textsOf(cursors, 'span > span'),
    carets: () => [...binding.cursors.values()].filter(({ selection }) => selection !== null).length,
    close: unregister,
  };
}

export const STOCK_EDITORS = {
  tiptap,
  proseMirror,
  quill,
  codeMirror,
  monaco: monacoEditor,
  lexical: lexicalEditor,
} satisfies Record<string, OpenEditor>;
