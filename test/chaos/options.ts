// The options of `npm run chaos`.
import { parseArgs } from 'node:util';
import { FAULT_KINDS, type FaultKind } from './plan.ts';

export type Mutant = 'ack-before-commit' | 'skip-epoch-check';

export interface ChaosOptions {
  readonly nodes: number;
  readonly authors: number;
  /** Documents in which authors, developers over HTTP and a stock Yjs client write at once. */
  readonly mixed: number;
  /** How long authors type and things break, the quiet end included. */
  readonly seconds: number;
  readonly seed: number;
  readonly listener: 'auto' | 'uws' | 'node';
  /** What breaks. */
  readonly faults: readonly FaultKind[];
  /** Runs nodes with this fault built in, to prove that the checker sees it. */
  readonly mutant: Mutant | undefined;
  /** Overwrites memory that PostgreSQL frees. */
  readonly perturb: boolean;
  /** Folder that keeps the nodes' logs. */
  readonly logs: string | undefined;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `npm run chaos -- [options]

Runs a cluster of real processes (nodes, PostgreSQL, Redis), lets authors type through the SDK while parts are killed,
paused, drained and flushed, and then checks that everything acknowledged is in the database, once, and that every
replica is equal to it. Prints one JSON line; exit code 1 when something acknowledged was lost, doubled or forged.

  --nodes N       nodes, 2 to 9                               (3)
  --authors N     authors, four to a document                 (50)
  --mixed N       documents besides, each written by two authors with the SDK and one without it, three developers over
                  HTTP (append, replace, revert) and a stock y-websocket client, and read over a viewer's and a widget's
                  socket, an event stream and long polling                (2)
  --seconds N     how long they type, at least 10             (60)
  --seed N        of the faults and of the authors' habits    (1)
  --listener L    auto, uws or node                           (auto)
  --faults A,B    what breaks (everything)
                  ${FAULT_KINDS.join(', ')}
  --fault F       builds a fault into the nodes, which must be caught; --faults is then chosen to bring it to light
                  ack-before-commit  acknowledges before the transaction has committed
                  skip-epoch-check   lets a deposed owner write
  --perturb       overwrites memory that PostgreSQL frees (MALLOC_PERTURB_), so that using it afterwards shows
  --logs DIR      keeps the nodes' logs there
  --help          this text

failovers counts how often an author was cut off because the node at the other end, or the one that owned the document,
was killed, paused or drained; failoverMs is the longest time between two of that author's acknowledgements around it.
`;

/** The kinds that bring a mutant's error to light. */
const DIRECTED: Record<Mutant, readonly FaultKind[]> = {
  'ack-before-commit': ['vanish'],
  'skip-epoch-check': ['pause'],
};

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}

function oneOf<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new UsageError(`--${name} must be one of ${choices.join(', ')}`);
  return choice;
}

/**
 * @returns undefined when help was asked for
 * @throws UsageError with one line for the user
 */
export function parseOptions(args: readonly string[]): ChaosOptions | undefined {
  let values: Partial<Record<string, string | boolean>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', default: '3' },
        authors: { type: 'string', default: '50' },
        mixed: { type: 'string', default: '2' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        listener: { type: 'string', default: 'auto' },
        faults: { type: 'string', default: FAULT_KINDS.join(',') },
        fault: { type: 'string' },
        perturb: { type: 'boolean', default: false },
        logs: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return undefined;
  const text = (name: string): string => String(values[name]);
  const mutant =
    values.fault === undefined ? undefined : oneOf('fault', text('fault'), ['ack-before-commit', 'skip-epoch-check']);
  return {
    nodes: whole('nodes', text('nodes'), 2, 9),
    authors: whole('authors', text('authors'), 1, 1_000),
    // Mutants are looked for with nothing else going on.
    mixed: mutant ? 0 : whole('mixed', text('mixed'), 0, 100),
    seconds: whole('seconds', text('seconds'), 10, 86_400),
    seed: whole('seed', text('seed'), 0, 0xffff_ffff),
    listener: oneOf('listener', text('listener'), ['auto', 'uws', 'node']),
    faults: mutant
      ? DIRECTED[mutant]
      : text('faults')
          .split(',')
          .map((one) => oneOf('faults', one.trim(), FAULT_KINDS)),
    mutant,
    perturb: values.perturb === true,
    logs: values.logs === undefined ? undefined : text('logs'),
  };
}
