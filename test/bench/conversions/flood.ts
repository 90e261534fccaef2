/** The load generator of `conversions`: one author who asks for texts of one large document, so many requests at a time. */
import { Agent } from 'node:http';
import type { BenchAuthor } from '../support/accounts.ts';
import { sendRequest } from '../support/api-request.ts';

export interface FloodTask {
  url: string;
  author: BenchAuthor;
  /** Requests under way at once. */
  connections: number;
  /** Positions of the draft, and revisions, that there are. */
  positions: number;
  revisions: number;
}

export interface FloodReport {
  answered: number;
  /** With 503: there was no place for it. */
  overloaded: number;
  failed: number;
}

const report: FloodReport = { answered: 0, overloaded: 0, failed: 0 };
/** Before a request that was refused is sent again, milliseconds. */
const PAUSE_MS = 20;
/** Between two appended blocks, milliseconds: the live text is another one each time. */
const APPEND_MS = 500;

const BLOCK = JSON.stringify({ blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'One more.' }] }] });

/** The kinds in turn; each past position comes again only after all others, and so is in no cache. */
function pathOf({ positions, revisions }: FloodTask, turn: number): string {
  const round = Math.floor(turn / 5);
  switch (turn % 5) {
    case 0:
      return `history?at=${1 + (round % positions)}&format=html`;
    case 1:
      return 'draft?format=html';
    case 2:
      return 'draft?format=json';
    case 3:
      return `revisions/${1 + (round % revisions)}?format=html`;
    default:
      return `revisions/${2 + (round % (revisions - 1))}/diff`;
  }
}

function send({ url, author }: FloodTask, agent: Agent, path: string, body?: string): Promise<number> {
  return sendRequest({ url, agent, author, method: body === undefined ? 'GET' : 'POST', path, body });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

process.on('message', (message: FloodTask | { kind: 'report' }) => {
  if ('kind' in message) {
    if (message.kind === 'report') process.send?.({ kind: 'report', value: report });
    return;
  }
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const ask = async (): Promise<never> => {
    for (;;) {
      const status = await send(message, agent, pathOf(message, turn++)).catch(() => 0);
      if (status === 200) report.answered += 1;
      else if (status === 503) report.overloaded += 1;
      else report.failed += 1;
      if (status !== 200) await pause(PAUSE_MS);
    }
  };
  const append = async (): Promise<never> => {
    for (;;) {
      await send(message, agent, 'draft/blocks', BLOCK).catch(() => 0);
      await pause(APPEND_MS);
    }
  };
  for (let at = 0; at < message.connections; at += 1) void ask();
  void append();
  process.send?.({ kind: 'ready' });
});
