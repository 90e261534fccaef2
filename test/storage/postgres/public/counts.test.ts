/** Views and readers in the database. */
import test from 'ava';
import { createViewCountStore } from '../../../../src/storage/postgres/public/counts.ts';
import { viewCountStoreContract } from '../../../contracts/counts.ts';
import { accountsOf } from '../../../support/accounts.ts';

viewCountStoreContract(test, 'PostgreSQL', async (t) => createViewCountStore((await accountsOf(t)).orm));
