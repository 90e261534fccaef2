/** Public reads over the role that sees public views alone. */
import test from 'ava';
import { publicReadsContract } from '../../../contracts/public-reads.ts';
import { publicationsOf } from '../../../support/public.ts';

publicReadsContract(test, 'public role', async (t) => {
  const { pool, ...world } = await publicationsOf(t);
  return { ...world, reads: pool };
});
