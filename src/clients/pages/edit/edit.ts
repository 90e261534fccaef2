/**
 * The editor page. Says who writes here and what; `editor-page.ts` does the rest. Works without a server for a text that
 * this device keeps, under the user who was last signed in here.
 */
import '../styles/base.css';
import '../styles/prose.css';
import '../styles/diff.css';
import '../styles/edit.css';
import { actions } from '../../../messages/en/common.ts';
import { notices } from '../../../messages/en/edit.ts';
import { connect } from '../../editor/index.ts';
import { indexedDbPersistence } from '../../editor/persistence-indexeddb.ts';
import { api } from '../common/api.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { noticePage } from '../common/notice.ts';
import { registerOfflineWorker } from '../common/register-worker.ts';
import { currentVisitor, signInHref } from '../common/session.ts';
import { canStoreOnDevice } from './device-storage.ts';
import { createEditorPage } from './editor-page.ts';

const DOCUMENT_ID = /^\/edit\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

async function start(): Promise<void> {
  const root = appRoot();
  const documentId = DOCUMENT_ID.exec(location.pathname)?.[1];
  if (documentId === undefined) {
    const home = h('a', { class: 'button primary', href: '/' }, actions.yourDocuments);
    fill(root, noticePage(notices.invalidAddress.title, notices.invalidAddress.text, home));
    return;
  }
  const [visitor, keeps] = await Promise.all([currentVisitor(api), canStoreOnDevice()]);
  if (visitor.kind === 'signed-out') {
    location.replace(signInHref(location));
    return;
  }
  if (visitor.user === null) {
    const retry = h(
      'button',
      { class: 'button primary', type: 'button', onclick: () => location.reload() },
      actions.tryAgain,
    );
    fill(root, noticePage(notices.unreachable.title, notices.unreachable.text, retry));
    return;
  }
  const client = connect();
  // A store for each user: one's unsent work must never go out under another's name (I4).
  const persistence = indexedDbPersistence(`stet:${visitor.user.id}:`);
  const page = createEditorPage({
    api,
    client,
    document: client.open(documentId, keeps ? { persistence } : {}),
    documentId,
    user: visitor.user,
    keeps,
  });
  fill(root, ...page.elements);
}

await start();
registerOfflineWorker();
