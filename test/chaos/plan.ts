// The seed's faults: what breaks when. Pure; which node is hit is decided in the plan, whether it can be hit at that
// moment when the plan is carried out.
import type { Random } from './random.ts';

/** A node by its number, or the one that owns most documents at that moment. */
export type Victim = number | 'busiest';

export type Fault =
  /** SIGKILL, and a new process after a while. */
  | { readonly kind: 'kill'; readonly node: Victim; readonly downMs: number }
  /** SIGKILL together with the clients of all documents that the node owns: what only they had is gone. */
  | { readonly kind: 'vanish'; readonly node: Victim; readonly downMs: number }
  /** SIGSTOP, then SIGCONT: a node past its lease that comes back to life. */
  | { readonly kind: 'pause'; readonly node: Victim; readonly downMs: number }
  /** SIGTERM, and a new process after it has ended. */
  | { readonly kind: 'drain'; readonly node: Victim; readonly downMs: number }
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
  /** Kinds to choose from. */
  readonly faults: readonly FaultKind[];
}

export type FaultKind = Fault['kind'];

/** How often each kind comes before any comes more often; nodes fail oftener than what they stand on. */
const SHARES: Record<FaultKind, number> = {
  kill: 2,
  drain: 2,
  pause: 1,
  vanish: 1,
  'flush-redis': 1,
  'kill-redis': 1,
  'stop-postgres': 1,
};
export const FAULT_KINDS = Object.keys(SHARES) as FaultKind[];

const BEGIN_MS = 2_500;
const PAUSE_MS = 3_000;
/** At the end nothing breaks any more, so that everything settles: this part of the time, within limits. */
const QUIET = { part: 0.15, minMs: 4_000, maxMs: 10_000 } as const;
/** A node that starts again takes about so long before it serves. */
const START_MS = 1_500;

export function planFaults({ nodes, seconds, faults }: PlanOptions, random: Random): PlannedFault[] {
  const quietMs = Math.min(Math.max(seconds * 1_000 * QUIET.part, QUIET.minMs), QUIET.maxMs);
  const endMs = seconds * 1_000 - quietMs;
  const plan: PlannedFault[] = [];
  let bag: FaultKind[] = [];
  for (let atMs = BEGIN_MS; ; ) {
    if (bag.length === 0) bag = random.shuffle(faults.flatMap((kind) => Array<FaultKind>(SHARES[kind]).fill(kind)));
    const fault = draw(bag.pop()!, nodes, random);
    const lastsMs = 'downMs' in fault ? fault.downMs + ('node' in fault ? START_MS : 0) : 0;
    if (atMs + lastsMs > endMs) return plan;
    plan.push({ atMs, fault });
    // Now and then the next fault finds the cluster still busy with this one.
    atMs += random.chance(0.15) ? random.int(200, 800) : lastsMs + random.int(1_000, 3_000);
  }
}

function draw(kind: FaultKind, nodes: number, random: Random): Fault {
  const node = random.chance(0.5) ? 'busiest' : random.int(0, nodes - 1);
  switch (kind) {
    case 'kill':
      return { kind, node, downMs: random.int(300, 2_500) };
    case 'vanish':
      return { kind, node: 'busiest', downMs: random.int(300, 2_500) };
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
