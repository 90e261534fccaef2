// Runs the chaos program as a user would, and reads what it prints.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChaosResult } from './chaos.ts';

export interface ChaosRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCommand(args: readonly string[]): Promise<ChaosRun> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('run.ts', import.meta.url));
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The JSON line. Throws when stdout is anything else. */
export function resultOf({ stdout }: ChaosRun): ChaosResult {
  return JSON.parse(stdout) as ChaosResult;
}
