/** A resident document that is written and read by its content, and what its journal makes. */
import * as Y from 'yjs';
import type {
  DocumentLimits,
  ReadAnswer,
  ReadKind,
  WriteAnswer,
  WriteRequest,
} from '../../src/actors/document/ports.ts';
import { renderText } from '../../src/content/model/text.ts';
import type { Block, Body, DraftChange } from '../../src/content/model/types.ts';
import { readContent } from '../../src/content/yjs/draft.ts';
import { settle } from './actors.ts';
import { residentDocument } from './resident-document.ts';

/** More than any change in these tests has parts. */
const TURNS = 40;

export const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });
export const bodyOf = (...texts: string[]): Body => ({ type: 'doc', content: texts.map(paragraph) });
/** Too large to be worked on at once. */
export const LONG = Array.from({ length: 600 }, (_, index) => `paragraph number ${index} with some words in it`);

export function writableDocument(limits: Partial<DocumentLimits> = {}) {
  const harness = residentDocument(limits);
  const { resident } = harness;
  let writes = 0;
  /** Lets everything run: large changes take a turn a part. */
  async function rest(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await settle();
  }
  async function answerIn<A>(ask: (reply: (answer: A) => void) => void): Promise<{ answer: A | undefined }> {
    const given: { answer: A | undefined } = { answer: undefined };
    ask((answer) => {
      given.answer = answer;
    });
    await rest();
    return given;
  }
  /** What comes of it, as far as it goes without a commit. */
  const write = (change: DraftChange, more: Partial<WriteRequest> = {}, user = 'ann') =>
    answerIn<WriteAnswer>((reply) => {
      writes += 1;
      const who = { userId: user, sessionId: `session of ${user}` };
      resident.handle({ kind: 'write', author: who, change, writeId: 1_000 + writes, repeated: false, reply, ...more });
    });
  const read = (want: ReadKind = 'content') =>
    answerIn<ReadAnswer>((reply) => resident.handle({ kind: 'read', want, reply }));
  const logged = () => {
    const doc = new Y.Doc();
    for (const { update } of harness.journal.entries) Y.applyUpdate(doc, update);
    return doc;
  };
  return {
    ...harness,
    rest,
    write,
    read,
    logged,
    text: () => renderText(readContent(logged()).body).trimEnd(),
    /** Writes, commits, and gives the position. */
    async written(change: DraftChange, more: Partial<WriteRequest> = {}, user = 'ann'): Promise<number> {
      const given = await write(change, more, user);
      harness.journal.commit();
      if (!given.answer?.ok) throw new Error(JSON.stringify(given.answer));
      return given.answer.seq;
    },
  };
}

/** The position or the failure that was answered; `none` while nothing was. */
export const answerOf = ({ answer }: { answer: WriteAnswer | ReadAnswer | undefined }) =>
  answer === undefined ? 'none' : answer.ok ? `at ${answer.seq}` : answer.error.code;
