// The journal that tests of actors use instead of a database is one by the port's contract.
import test from 'ava';
import { FakeJournal } from '../support/actors.ts';
import { journalContract } from './journal.ts';

journalContract(test, 'in memory', async () => {
  const journal = new FakeJournal();
  return {
    author: { userId: 'ann', sessionId: 'session of ann' },
    journal: () => journal,
    document: async () => 'document',
    write: () => journal.commit(),
  };
});
