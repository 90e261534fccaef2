/**
 * What is pasted or dropped into the text: HTML is converted before ProseMirror reads it, Markdown and code become HTML first.
 * A paste whose converter is not there yet waits for it, and goes in as plain text if it does not come. Every paste is one change
 * to undo. Knows no format: see `source.ts` and the converters.
 */
import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import { linkHref } from '../../../../content/model/link.ts';
import { tableExcess } from '../../../../content/model/tables.ts';
import { paste as texts } from '../../../../messages/en/edit.ts';
import { Converters } from './converters.ts';
import type { Rules } from './html/converter.ts';
import { leftOutText } from './left-out.ts';
import { closedCode, codeHtml } from './pasted-code.ts';
import { isOwn, sourceOf } from './source.ts';

/** Milliseconds for which a paste waits for its converter. */
const PATIENCE_MS = 5_000;

const RULES: Rules = { fits: (rows, columns) => tableExcess(rows, columns) === null, hrefOf: linkHref };

export interface PasteOptions {
  /** Shows the author a sentence; null takes the last one away. */
  say(sentence: string | null): void;
  readonly converters?: Converters;
  readonly patienceMs?: number;
}

/** Whether it is there in time. */
function within(ready: Promise<void>, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    ready
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}

/** What was typed just before is undone by itself. */
function beginChange({ state }: EditorView): void {
  const { undoManager } = yUndoPluginKey.getState(state) ?? {};
  undoManager?.stopCapturing();
}

function plugin({ say, converters = new Converters(), patienceMs = PATIENCE_MS }: PasteOptions): Plugin {
  /** Ctrl+Shift+V asks for plain text. */
  let wantsPlain = false;
  /** Of the HTML that is being pasted. */
  let isForeign = false;
  /** Pastes that wait go in one after the other. */
  let waiting = Promise.resolve();

  function convert(html: string): string {
    isForeign = !isOwn(html);
    if (converters.html === null || !isForeign) return html;
    const { html: converted, leftOut } = converters.html(html, RULES);
    say(leftOutText(leftOut));
    return converted;
  }

  /** It goes where the author's caret then is. */
  function later(view: EditorView, ready: Promise<void>, text: string, insert: () => void): void {
    const inTime = within(ready, patienceMs);
    const goOn = async () => {
      const isReady = await inTime;
      say(null);
      if (view.isDestroyed || !view.editable) return;
      beginChange(view);
      if (isReady) insert();
      else {
        view.pasteText(text);
        say(texts.unconverted);
      }
    };
    say(texts.waiting);
    waiting = waiting.then(goOn, goOn);
  }

  function insertMarkdown(view: EditorView, text: string): void {
    const html = converters.markdown?.(text) ?? null;
    if (html === null) view.pasteText(text);
    else view.pasteHTML(html);
  }

  /** Without an event of its own: other handlers would look into the clipboard again. */
  function paste(view: EditorView, html: string, text: string, vscode: string): boolean {
    const source = sourceOf({ html, text, vscode });
    switch (source.kind) {
      case 'as-is':
        return false;
      case 'html':
        if (converters.html !== null) return false;
        later(view, converters.loadHtml(), text, () => view.pasteHTML(html));
        return true;
      case 'markdown':
        if (converters.markdown !== null) insertMarkdown(view, text);
        else later(view, converters.loadMarkdown(), text, () => insertMarkdown(view, text));
        return true;
      case 'text':
        view.pasteText(text);
        return true;
      case 'code':
        view.pasteHTML(codeHtml(text, source.language));
        return true;
    }
  }

  const warmUp = (): boolean => {
    // Without a network a paste says so.
    converters.loadHtml().catch(() => undefined);
    return false;
  };

  return new Plugin({
    props: {
      transformPastedHTML: convert,
      transformPasted(slice) {
        const pasted = isForeign ? closedCode(slice) : slice;
        isForeign = false;
        return pasted;
      },
      // What had nothing to paste must not delete what is selected.
      handlePaste: (_view, _event, slice) => slice.size === 0,
      handleDOMEvents: {
        focus: warmUp,
        dragenter: warmUp,
        keydown(_view, event) {
          wantsPlain = event.shiftKey && event.code === 'KeyV';
          return false;
        },
        keyup() {
          wantsPlain = false;
          return false;
        },
        paste(view, event) {
          const data = event.clipboardData;
          if (data === null || !view.editable || view.composing) return false;
          beginChange(view);
          // Code takes text as it is.
          if (view.state.selection.$from.parent.type.spec.code) return false;
          const text = data.getData('text/plain');
          if (wantsPlain && text !== '') view.pasteText(text);
          else if (!paste(view, data.getData('text/html'), text, data.getData('vscode-editor-data'))) return false;
          event.preventDefault();
          return true;
        },
      },
    },
  });
}

export function pasting(options: PasteOptions): Extension {
  return Extension.create({
    name: 'pasting',
    // Before tables, which look at what is pasted, and before code blocks, which take all that VS Code copies.
    priority: 1_050,
    addProseMirrorPlugins: () => [plugin(options)],
  });
}
