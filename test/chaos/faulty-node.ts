// A node like `stet start`, with the fault that STET_CHAOS_FAULT names built in.
import { createLog } from '../../src/cli/log.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { type Replacements, startNode } from '../../src/main.ts';
import { ackBeforeCommit, skipEpochCheck } from './faulty-journal.ts';

const config = resolveConfig(process.env);
const { databaseUrl } = config;
if (databaseUrl === undefined) throw new Error('DATABASE_URL is missing');

const FAULTS: Record<string, NonNullable<Replacements['journal']>> = {
  'ack-before-commit': ackBeforeCommit,
  'skip-epoch-check': (journal) => skipEpochCheck(journal, databaseUrl),
};
const journal = FAULTS[process.env.STET_CHAOS_FAULT ?? ''];
if (!journal) throw new Error('STET_CHAOS_FAULT names no fault');

const node = await startNode({ ...config, databaseUrl }, createLog(config), { journal });
process.once('SIGTERM', () => void node.close());
