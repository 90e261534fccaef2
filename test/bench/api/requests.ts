/** The load generator of `api`: keeps so many requests under way over kept connections, and counts. */
import { Agent } from 'node:http';
import type { BenchAuthor } from '../support/accounts.ts';
import { sendRequest } from '../support/api-request.ts';

export interface RequestsTask {
  kind: 'read' | 'append' | 'publish';
  url: string;
  authors: readonly BenchAuthor[];
  connections: number;
}

export interface RequestsReport {
  answered: number;
  failed: number;
  latenciesMs: number[];
}

const BLOCKS = JSON.stringify({
  blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'One more paragraph, as a developer appends it.' }] }],
});

const RULES = {
  read: { method: 'GET', path: 'draft', body: undefined },
  append: { method: 'POST', path: 'draft/blocks', body: BLOCKS },
  publish: { method: 'POST', path: 'publish', body: undefined },
} as const;

let measuring = false;
const report: RequestsReport = { answered: 0, failed: 0, latenciesMs: [] };

async function work(task: RequestsTask, agent: Agent, worker: number): Promise<never> {
  for (let at = worker; ; at += task.connections) {
    const author = task.authors[at % task.authors.length]!;
    const startedAt = performance.now();
    const status = await sendRequest({ url: task.url, agent, author, ...RULES[task.kind] }).catch(() => 0);
    if (!measuring) continue;
    if (status >= 200 && status < 300) report.answered += 1;
    else report.failed += 1;
    report.latenciesMs.push(performance.now() - startedAt);
  }
}

process.on('message', (message: RequestsTask | { kind: 'measure' } | { kind: 'report' }) => {
  if (message.kind === 'measure') {
    measuring = true;
    process.send?.({ kind: 'measuring' });
  } else if (message.kind === 'report') {
    measuring = false;
    report.latenciesMs.sort((a, b) => a - b);
    process.send?.({ kind: 'report', value: report });
  } else {
    const task = message as RequestsTask;
    const agent = new Agent({ keepAlive: true, maxSockets: task.connections });
    for (let worker = 0; worker < task.connections; worker += 1) void work(task, agent, worker);
    process.send?.({ kind: 'ready' });
  }
});
