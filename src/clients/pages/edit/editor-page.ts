/**
 * The editor page's parts and when each is there: the text appears once this device's copy or the server's is in, can be
 * written in as long as the author's role allows it, and goes away with the access (I6).
 */
import type { Editor } from '@tiptap/core';
import type { User } from '../../../../schemas/http.ts';
import { UNTITLED } from '../../../content/model/untitled.ts';
import { actions, name, untitled } from '../../../messages/en/common.ts';
import { notices, paste as pasteTexts, page as texts, toolbar as toolTexts } from '../../../messages/en/edit.ts';
import type { EditorClient, OpenDocument } from '../../editor/index.ts';
import type { Api } from '../common/api.ts';
import { rememberedRole, rememberRole } from '../common/device-memory.ts';
import { fill, h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { notice } from '../common/notice.ts';
import { signInHref } from '../common/session.ts';
import { createCoAuthorList } from './co-authors.ts';
import { GROUPS, type Panels } from './commands.ts';
import { BODY } from './extensions.ts';
import { createFindControl } from './find/find.ts';
import { focusFirst } from './first-focus.ts';
import { createLinkDialog } from './link-dialog.ts';
import { createNoticeLine } from './notice-line.ts';
import { followPageKeys } from './page-keys.ts';
import { createPageStatus } from './page-status.ts';
import { refuseFiles } from './paste/refuse-files.ts';
import { createPublishControl } from './publish/publish-control.ts';
import { watchSession } from './session-watch.ts';
import { createShareDialog } from './share-dialog.ts';
import { createShortcutsDialog } from './shortcuts-dialog.ts';
import { createStatusLine } from './status-line.ts';
import { createTableToolbar } from './tables/table-toolbar.ts';
import { createText } from './text.ts';
import { createTitle } from './title.ts';
import { createToolbar, type Toolbar } from './toolbar.ts';
import { createUnsentBackup, localBackupStore } from './unsent-backup.ts';
import { createWordCount } from './word-count.ts';

export interface EditorPageOptions {
  readonly api: Api;
  readonly client: EditorClient;
  readonly document: OpenDocument;
  readonly documentId: string;
  readonly user: User;
  /** Whether this device keeps what is unsaved. */
  readonly keeps: boolean;
}

export function createEditorPage({ api, client, document: open, documentId, user, keeps }: EditorPageOptions) {
  let editor: Editor | null = null;
  let toolbar: Toolbar | null = null;
  let tableToolbar: Toolbar | null = null;
  let isGone = false;
  let isTitleKnown = false;
  let isFocused = false;

  // Not below `stet:`: signing out forgets that, and must not forget these.
  const backup = createUnsentBackup(open, `stet-words:${user.id}:${documentId}`, localBackupStore());
  const pageStatus = createPageStatus(open.status);
  const status = createStatusLine(pageStatus, () => keeps && editor !== null);
  const noticeLine = createNoticeLine();
  const coAuthors = createCoAuthorList(open.awareness, user.handle);
  const linkDialog = createLinkDialog();
  const shareDialog = createShareDialog(api, documentId, user.handle);
  const shortcuts = createShortcutsDialog();
  const find = createFindControl(() => editor);
  const publish = createPublishControl({
    api,
    documentId,
    ydoc: open.ydoc,
    status: pageStatus,
    onDocument({ language }) {
      sheet.lang = language;
    },
  });
  const wordCount = createWordCount();
  const share = h('button', { class: 'button', type: 'button', onclick: () => shareDialog.show() }, texts.share);
  const tools = h('div', { class: 'tools-area' });
  const overText = h('div', { class: 'over-text' }, noticeLine.element);
  const heading = h('h1', { class: 'visually-hidden' });
  const panels: Panels = {
    link: () => {
      if (editor?.isEditable) linkDialog.show(editor);
    },
    find: () => find.show(false),
    replace: () => find.show(true),
    history: () => location.assign(past.href),
    shortcuts: () => shortcuts.showModal(),
  };
  const banner = h('div', { class: 'banner', role: 'alert', hidden: true });
  const title = createTitle(
    open.ydoc,
    (text) => {
      const shown = text.trim() === '' ? untitled : text;
      document.title = texts.documentTitle(shown);
      heading.textContent = shown;
    },
    () => {
      // Not Tiptap's focus command: it waits for a frame, and the next key would still go into the title.
      editor?.commands.setTextSelection(0);
      editor?.view.focus();
    },
  );
  const loading = h('div', { class: 'text loading', 'aria-hidden': 'true' }, h('p'), h('p'), h('p'));
  const notOnDevice = h('p', { class: 'hint', role: 'status', hidden: true }, notices.notOnDevice);
  const sheet = h('main', { class: 'sheet', 'aria-busy': 'true' }, heading, title.element, loading, notOnDevice);
  const home = h('a', { class: 'tool back', href: '/', 'aria-label': texts.home, title: texts.home }, icon('back'));
  // For those who have no toolbar: it has a button for the same.
  const past = h(
    'a',
    {
      class: 'tool',
      href: `/edit/${documentId}/history`,
      'aria-label': toolTexts.commands.history,
      title: toolTexts.commands.history,
    },
    icon('history'),
  );
  const bar = h('div', { class: 'bar' }, home, status.element, coAuthors.element, past, publish.button, share);
  const top = h('header', { class: 'top' }, bar, publish.onAir, banner, tools, find.element, overText);

  let lastRole = rememberedRole(user.id, documentId);
  const role = () => open.role.get() ?? lastRole;
  const mayEdit = () => {
    const { kind } = open.status.get();
    return kind !== 'readonly' && kind !== 'denied' && (role() === 'edit' || role() === 'own');
  };

  function drawAccess(): void {
    const known = open.role.get();
    if (known !== null && known !== lastRole) {
      lastRole = known;
      rememberRole(user.id, documentId, known);
    }
    const editable = mayEdit();
    title.setEditable(editable && editor !== null);
    share.hidden = role() !== 'own';
    publish.setAllowed(editable);
    tools.hidden = !editable;
    past.hidden = editable || role() === null;
    if (editor === null) return;
    if (editor.isEditable !== editable) editor.setEditable(editable);
    if (editable && !isFocused) {
      isFocused = true;
      focusFirst(title.element, editor);
    }
  }

  /** Shows the text. Not before: what is typed into an empty page must not meet the real text later. */
  function mountText(): void {
    if (editor !== null || isGone) return;
    const toToolbar = () => (tableToolbar?.element.hidden === false ? tableToolbar : toolbar)?.focus();
    const say = noticeLine.show;
    const text = createText({ open, handle: user.handle, editable: mayEdit(), panels, toToolbar, say });
    editor = text.editor;
    loading.replaceWith(text.element);
    notOnDevice.remove();
    sheet.removeAttribute('aria-busy');
    toolbar = createToolbar(editor, panels, { class: 'toolbar', label: toolTexts.label, groups: GROUPS });
    fill(tools, toolbar.element);
    tableToolbar = createTableToolbar(editor, panels);
    overText.prepend(tableToolbar.element);
    wordCount.follow(editor);
    status.refresh();
    drawAccess();
  }

  function mountLocalCopy(): void {
    const hasCopy = open.ydoc.getXmlFragment(BODY).length > 0 || open.ydoc.getMap('meta').size > 0;
    if (!hasCopy) return;
    open.ydoc.off('update', mountLocalCopy);
    mountText();
  }

  /** Reads the title that the document was created with, while its draft has none. */
  async function readTitle(): Promise<void> {
    if (isTitleKnown || isGone) return;
    const answer = await api.document(documentId);
    if (!answer.ok || isGone) return;
    isTitleKnown = true;
    title.setFallback(answer.value.title === UNTITLED ? '' : answer.value.title);
  }

  function showGone(): void {
    if (isGone) return;
    isGone = true;
    const wasHere = editor !== null;
    rememberRole(user.id, documentId, null);
    backup.close();
    publish.close();
    title.close();
    linkDialog.element.close();
    shareDialog.element.close();
    shortcuts.close();
    find.close();
    noticeLine.close();
    overText.hidden = true;
    editor?.destroy();
    coAuthors.close();
    wordCount.close();
    void open.close();
    document.title = name;
    const list = h('a', { class: 'button primary', href: '/' }, actions.yourDocuments);
    const message = wasHere ? notices.accessEnded : notices.noAccess;
    tools.hidden = true;
    past.hidden = true;
    share.hidden = true;
    status.element.hidden = !wasHere;
    fill(sheet, notice(message.title, message.text, list));
  }

  const session = watchSession(client, api, (ended) => {
    banner.hidden = !ended;
    pageStatus.setSignedOut(ended);
    if (ended) {
      const link = keeps
        ? h('a', { class: 'button primary', href: signInHref(location) }, actions.signIn)
        : h('a', { class: 'button primary', href: '/sign-in', target: '_blank' }, actions.signIn);
      fill(banner, h('span', {}, keeps ? notices.sessionEnded : notices.sessionEndedOpen), link);
    } else if (keeps && client.connection.get() !== 'connected') location.reload();
  });

  open.status.subscribe((value) => {
    drawAccess();
    // The device's own copy would have been here before that is known.
    notOnDevice.hidden = value.kind !== 'offline';
    loading.hidden = !notOnDevice.hidden;
    if (value.kind !== 'denied') return;
    // Refused for want of a session is not the same as refused: the text stays while the author signs in.
    void session.ask().then((visitor) => {
      if (visitor !== 'signed-out') showGone();
    });
  });
  open.role.subscribe(drawAccess);
  open.changed.subscribe(() => publish.refresh());
  open.ydoc.on('update', mountLocalCopy);
  mountLocalCopy();
  open.synced.then(
    () => {
      mountText();
      void readTitle();
    },
    () => undefined,
  );
  client.connection.subscribe((state) => {
    // Without a connection it is unknown who else is here.
    coAuthors.setKnown(state === 'connected');
    if (state !== 'connected') return;
    void readTitle();
    publish.refresh();
  });
  drawAccess();
  followPageKeys(panels);
  refuseFiles(() => noticeLine.show(pasteTexts.files));

  window.addEventListener('pagehide', () => backup.save());
  document.addEventListener('visibilitychange', () => {
    // On phones the last that a page hears before it is ended.
    if (document.visibilityState === 'hidden') backup.save();
  });
  window.addEventListener('beforeunload', (event) => {
    const value = open.status.get();
    // Only where leaving loses work: elsewhere the device keeps it.
    if (!keeps && (value.kind === 'saving' || value.kind === 'offline') && value.unsaved > 0) event.preventDefault();
  });

  return {
    elements: [top, sheet, wordCount.element, linkDialog.element, shareDialog.element, shortcuts, publish.area],
  };
}
