/**
 * A draft's content, out of its Yjs document and into it. Reading takes any document and answers valid content; writing
 * takes valid content and makes the smallest change. Knows nothing of journals, authors or HTTP.
 */
import * as Y from 'yjs';
import { cleanSummary, cleanTitle } from '../model/clean.ts';
import { BODY, META } from '../model/names.ts';
import type { DraftChange, DraftContent } from '../model/types.ts';
import { readBody } from './draft-read.ts';
import { appendBlocks, writeBody } from './draft-write.ts';
import { isBlank, rootsWithText } from './elsewhere.ts';

export function readContent(doc: Y.Doc): DraftContent {
  const meta = isFree(doc, META, Y.Map) ? doc.getMap<unknown>(META) : undefined;
  const title = meta?.get('title');
  const summary = meta?.get('summary');
  const body = readBody(isFree(doc, BODY, Y.XmlFragment) ? doc.getXmlFragment(BODY) : null);
  const textElsewhere = isBlank(body) ? rootsWithText(doc) : [];
  return {
    title: typeof title === 'string' ? cleanTitle(title) : null,
    summary: typeof summary === 'string' ? cleanSummary(summary) : '',
    body,
    ...(textElsewhere.length > 0 && { textElsewhere }),
  };
}

/** In one transaction. The change must be valid: what comes from outside is checked by `checkBody` or a parser first. */
export function writeContent(doc: Y.Doc, change: DraftChange): void {
  doc.transact(() => {
    const meta = doc.getMap<unknown>(META);
    const set = (key: 'title' | 'summary', value: string | undefined) => {
      if (value !== undefined && meta.get(key) !== value) meta.set(key, value);
    };
    set('title', change.title === undefined ? undefined : cleanTitle(change.title));
    set('summary', change.summary === undefined ? undefined : cleanSummary(change.summary));
    const fragment = doc.getXmlFragment(BODY);
    if (change.body !== undefined) writeBody(fragment, change.body.content);
    if (change.append !== undefined && change.append.length > 0) appendBlocks(fragment, change.append);
  });
}

/** Whether the root of that name is of that kind or can become it. Updates alone never make it another. */
function isFree(doc: Y.Doc, name: string, kind: typeof Y.Map | typeof Y.XmlFragment): boolean {
  const type = doc.share.get(name)?.constructor;
  return type === undefined || type === kind || type === Y.AbstractType;
}
