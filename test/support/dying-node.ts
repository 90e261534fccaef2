// A node that is killed in the turn in which its first update is committed, before any answer: the sender never gets
// the outcome. To be forked; sends its port when it serves.
import { resolveConfig } from '../../src/config/config.ts';
import { startNode } from '../../src/main.ts';
import { silentLog } from './silent-log.ts';

const config = resolveConfig(process.env);
const { databaseUrl } = config;
if (databaseUrl === undefined) throw new Error('DATABASE_URL is missing');

const node = await startNode({ ...config, databaseUrl }, silentLog, {
  journal: (journal) => ({
    ...journal,
    openLog: (documentId, claim, settled) =>
      journal.openLog(documentId, claim, (outcome) => {
        if (outcome.kind === 'committed') process.kill(process.pid, 'SIGKILL');
        else settled(outcome);
      }),
  }),
});
process.once('disconnect', () => process.exit(0));
process.send?.(node.port);
