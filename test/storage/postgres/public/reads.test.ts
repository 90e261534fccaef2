/** Public reads over the role that sees public views alone. */
import test, { type ExecutionContext } from 'ava';
import { publicListsContract, publicReadsContract } from '../../../contracts/public-reads.ts';
import { publicationsOf } from '../../../support/public.ts';

async function worldOf(t: ExecutionContext) {
  const { pool, ...world } = await publicationsOf(t);
  return { ...world, reads: pool };
}

publicReadsContract(test, 'public role', worldOf);
publicListsContract(test, 'public role', worldOf);
