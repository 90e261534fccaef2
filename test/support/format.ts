/** The project's formatter, for files that are made by a script and compared by a test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './root.ts';

const BIOME = `${ROOT}/node_modules/.bin/biome`;

/** @returns the TypeScript as the formatter writes it */
export async function formatted(source: string): Promise<string> {
  const child = spawn(BIOME, ['format', '--stdin-file-path=src/made.ts'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(source);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`the formatter ended with ${code}`);
  return Buffer.concat(chunks).toString('utf8');
}
