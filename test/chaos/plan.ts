// The seed's faults: what breaks when. Pure; which node is hit is decided in the plan, whether it can be hit at that
// moment when the plan is carried out.
import type { Mutant } from './options.ts';
import type { Random } from './random.ts';

export type Fault =
  /** SIGKILL, and a new process after a while. */
  | { readonly kind: 'kill'; readonly node: number; readonly downMs: number }
  /** SIGKILL together with the clients of all documents that the node owns: what only they held is gone. */
  | { readonly kind: 'vanish'; readonly node: number; readonly downMs: number }
  /** SIGSTOP, then SIGCONT: a node past its lease that comes back to life. */
  | { readonly kind: 'pause'; readonly node: number; readonly downMs: number }
  /** SIGTERM, and a new process after it has ended. */
  | { readonly kind: 'drain'; readonly node: number; readonly downMs: number }
  | { readonly kind: 'flush-redis' }
  | { readonly kind: 'kill-redis'; readonly downMs: number }
  /** `immediate`: as in a crash. */
  | { readonly kind: 'stop-postgres'; readonly downMs: number };

export interface PlannedFault {
  /** Milliseconds after the authors began. */
  readonly atMs: number;
  readonly fault: Fault;
}

export interface PlanOptions {
  readonly nodes: number;
  readonly seconds: number;
  readonly mutant: Mutant | undefined;
}

/** Every kind comes once before any comes again; nodes fail oftener than what they stand on. */
const BAG = [
  'kill',
  'pause',
  'drain',
  'vanish',
  'flush-redis',
  'kill-redis',
  'stop-postgres',
  'kill',
  'drain',
] as const;
const BEGIN_MS = 2_500;
const PAUSE_MS = 3_000;
/** At the end nothing breaks any more, so that everything settles: this part of the time, within limits. */
const QUIET = { part: 0.15, minMs: 4_000, maxMs: 10_000 } as const;
/** A node that starts again takes about so long before it serves. */
const START_MS = 1_500;

/** What a mutant gets: the faults that bring its kind of error to light. */
const DIRECTED = { 'ack-before-commit': 'vanish', 'skip-epoch-check': 'pause' } as const;

export function planFaults({ nodes, seconds, mutant }: PlanOptions, random: Random): PlannedFault[] {
  const quietMs = Math.min(Math.max(seconds * 1_000 * QUIET.part, QUIET.minMs), QUIET.maxMs);
  const endMs = seconds * 1_000 - quietMs;
  const plan: PlannedFault[] = [];
  let bag: (typeof BAG)[number][] = [];
  for (let atMs = BEGIN_MS; ; ) {
    if (bag.length === 0) bag = random.shuffle(BAG);
    const kind = mutant ? DIRECTED[mutant] : bag.pop()!;
    const fault = draw(kind, nodes, random);
    const lastsMs = 'downMs' in fault ? fault.downMs + ('node' in fault ? START_MS : 0) : 0;
    if (atMs + lastsMs > endMs) return plan;
    plan.push({ atMs, fault });
    // Now and then the next fault finds the cluster still busy with this one.
    atMs += random.chance(0.15) ? random.int(200, 800) : lastsMs + random.int(1_000, 3_000);
  }
}

function draw(kind: (typeof BAG)[number], nodes: number, random: Random): Fault {
  const node = random.int(0, nodes - 1);
  switch (kind) {
    case 'kill':
    case 'vanish':
      return { kind, node, downMs: random.int(300, 2_500) };
    case 'pause':
      return { kind, node, downMs: PAUSE_MS };
    case 'drain':
      return { kind, node, downMs: random.int(200, 1_500) };
    case 'flush-redis':
      return { kind };
    case 'kill-redis':
    case 'stop-postgres':
      return { kind, downMs: random.int(300, 2_000) };
  }
}
