/**
 * What is pasted or dropped into the text: HTML is converted before ProseMirror reads it, Markdown and code become HTML first.
 * A paste whose converter is not there yet waits for it, and goes in as plain text if it does not come. Every paste is one change
 * to undo. Knows no format: see `kit.ts`.
 */
import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import { linkHref } from '../../../../content/model/link.ts';
import { tableExcess } from '../../../../content/model/tables.ts';
import { paste as texts } from '../../../../messages/en/edit.ts';
import type { Rules } from './html/converter.ts';
import { KitLoader } from './kit-loader.ts';
import type { Clipboard } from './source.ts';
import { withWholeBlocks } from './whole-blocks.ts';

/** Milliseconds for which a paste waits for its converter. */
const PATIENCE_MS = 5_000;

const RULES: Rules = { fits: (rows, columns) => tableExcess(rows, columns) === null, hrefOf: linkHref };

export interface PasteOptions {
  /** Shows the author a sentence; null takes the last one away. */
  say(sentence: string | null): void;
  readonly loader?: KitLoader;
  readonly patienceMs?: number;
}

/** Whether it is there in time. */
function within(ready: Promise<void>, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
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

function plugin({ say, loader = new KitLoader(), patienceMs = PATIENCE_MS }: PasteOptions): Plugin {
  /** Ctrl+Shift+V asks for plain text. */
  let wantsPlain = false;
  let isWarm = false;
  /** Of the HTML that is being pasted. */
  let isForeign = false;
  /** Pastes that wait go in one after the other. */
  let waiting = Promise.resolve();

  function rewrite(html: string): string {
    const rewritten = loader.kit?.rewritten(html, RULES) ?? null;
    isForeign = rewritten !== null;
    if (rewritten === null) return html;
    say(rewritten.sentence);
    return rewritten.html;
  }

  async function prepare(clipboard: Clipboard): Promise<void> {
    const kit = await loader.loadKit();
    if (kit.isMarkdown(clipboard)) await loader.loadMarkdown();
  }

  /** It goes where the author's caret then is. */
  function later(view: EditorView, clipboard: Clipboard): void {
    const inTime = within(prepare(clipboard), patienceMs);
    const goOn = async () => {
      const isReady = await inTime;
      say(null);
      if (view.isDestroyed || !view.editable) return;
      beginChange(view);
      if (isReady && loader.kit?.insert(view, clipboard, loader.markdown)) return;
      // A copy from this editor needs no conversion.
      if (clipboard.html.includes('data-pm-slice="')) view.pasteHTML(clipboard.html);
      else view.pasteText(clipboard.text);
      if (!isReady) say(texts.unconverted);
    };
    say(texts.waiting);
    waiting = waiting.then(goOn, goOn);
  }

  function paste(view: EditorView, clipboard: Clipboard): boolean {
    const { kit, markdown } = loader;
    if (kit !== null && (markdown !== null || !kit.isMarkdown(clipboard))) return kit.insert(view, clipboard, markdown);
    later(view, clipboard);
    return true;
  }

  /** Once whoever opened the text works in it: those who only read load nothing for it. */
  const warmUp = (): boolean => {
    if (!isWarm) {
      isWarm = true;
      // Without a network a paste says so.
      loader.loadKit().catch(() => undefined);
    }
    return false;
  };

  return new Plugin({
    props: {
      transformPastedHTML: rewrite,
      transformPasted(slice, { state }) {
        const pasted = isForeign ? withWholeBlocks(slice, state.selection.$from) : slice;
        isForeign = false;
        return pasted;
      },
      // What had nothing to paste must not delete what is selected.
      handlePaste: (_view, _event, slice) => slice.size === 0,
      handleDOMEvents: {
        contextmenu: warmUp,
        dragenter: warmUp,
        keydown(_view, event) {
          wantsPlain = event.shiftKey && event.code === 'KeyV';
          return warmUp();
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
          const [html, text, vscode] = [
            data.getData('text/html'),
            data.getData('text/plain'),
            data.getData('vscode-editor-data'),
          ];
          if (wantsPlain && text !== '') view.pasteText(text);
          else if (!paste(view, { html, text, vscode })) return false;
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
