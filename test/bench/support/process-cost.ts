/** What processes cost, read from outside: CPU time and resident memory from /proc. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc; fixed at 100 on Linux for every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of /proc/PID/stat after the command's closing bracket: state is field 3. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU seconds that the process, its threads and its ended children have used. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return ticks / TICKS_PER_SECOND;
}

/** The same for a process and all its living descendants: PostgreSQL is one process a session. */
export function treeCpuSeconds(pid: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(statOf(Number(name))[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // Ended meanwhile.
    }
  }
  const sum = (one: number): number => {
    let total = 0;
    try {
      total = cpuSeconds(one);
    } catch {
      return 0;
    }
    return (children.get(one) ?? []).reduce((all, child) => all + sum(child), total);
  };
  return sum(pid);
}

/** Resident memory, MiB. */
export function rssMb(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(match?.[1] ?? 0) / 1_024);
}

/** @param share in [0, 1] */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
