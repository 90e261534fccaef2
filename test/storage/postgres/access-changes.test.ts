/** The log of changes that triggers write. What the feed makes of it is in test/node/change-feed.test.ts. */
import test from 'ava';
import pg from 'pg';
import { createChangeLog } from '../../../src/storage/postgres/access-changes.ts';
import { changeLogContract } from '../../contracts/change-log.ts';
import { accountsOf } from '../../support/accounts.ts';

changeLogContract(test, 'PostgreSQL', async (t) => {
  const accounts = await accountsOf(t);
  // Made before anything is read: a new document's first grant is a change, too.
  const owner = await accounts.person();
  const documentId = await accounts.document(owner);
  const users = await Promise.all(Array.from({ length: 3 }, () => accounts.person()));
  return {
    log: createChangeLog(accounts.orm, () => performance.now()),
    async change() {
      const user = users.pop();
      if (!user) throw new Error('nobody is left');
      const client = new pg.Client({ connectionString: accounts.databaseUrl });
      t.teardown(() => client.end());
      await client.connect();
      await client.query('begin');
      await client.query('insert into grants (document_id, user_id, level) values ($1, $2, $3)', [
        documentId,
        user.userId,
        'view',
      ]);
      return {
        named: `${user.userId} ${documentId}`,
        commit: async () => void (await client.query('commit')),
        rollback: async () => void (await client.query('rollback')),
      };
    },
  };
});
