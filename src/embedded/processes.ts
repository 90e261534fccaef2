// Telling processes apart by more than their number: numbers are reused, after a reboot or in a container at once.
// Does not know: PostgreSQL's files.
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Is there a process of this number? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ps(field: string, pid: number): string {
  return spawnSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** When the process began, as the system reports it; differs between two processes with the same id. Empty when it is gone. */
export function startOf(pid: number): string {
  if (process.platform !== 'linux') return ps('lstart', pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields after the name, which may itself hold spaces and parentheses: the start time is the 22nd of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; its parent has not collected it yet.
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

/** Is this process a PostgreSQL server on this data folder (an absolute path without links)? */
export function isPostgresOn(pid: number, dataFolder: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') {
    const command = ps('command', pid);
    return command.includes('postgres') && command.includes(dataFolder);
  }
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return name === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === dataFolder;
  } catch {
    // Another user's process, or gone meanwhile: in neither case ours.
    return false;
  }
}
