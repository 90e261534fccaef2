// Nodes with a fault built in: a checker that lets them pass proves nothing.
import test from 'ava';
import { resultOf, runCommand } from './command.ts';

const SHORT = ['--nodes', '3', '--authors', '8', '--seconds', '12', '--seed', '1'];

test.serial('I1 nodes that acknowledge before the commit are caught', async (t) => {
  t.timeout(120_000);
  const run = await runCommand([...SHORT, '--fault', 'ack-before-commit']);
  t.is(run.code, 1, run.stderr);
  t.true(resultOf(run).lost > 0, run.stderr);
  t.regex(run.stderr, /Seed 1 fails\. What was done:\n.*SIGKILL node/);
});

test.serial('I2 nodes that skip the epoch check are caught', async (t) => {
  t.timeout(120_000);
  const run = await runCommand([...SHORT, '--fault', 'skip-epoch-check']);
  t.is(run.code, 1, run.stderr);
  const { duplicated, diverged } = resultOf(run);
  t.true(duplicated > 0 && diverged > 0, run.stderr);
  t.regex(run.stderr, /Seed 1 fails\. What was done:\n.*SIGSTOP node/);
});

test.serial('the chaos program explains itself, and refuses options that it does not know', async (t) => {
  const help = await runCommand(['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /--authors N/);
  const wrong = await runCommand(['--nodes', 'many']);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /^chaos: --nodes must be a whole number/);
});
