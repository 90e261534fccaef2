/** The process's logger: pino, secrets and payloads redacted; readable lines on a terminal, JSON elsewhere. */
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import type { Config } from '../config.ts';

const REDACTED = [
  'token',
  'password',
  'cookie',
  'authorization',
  'update',
  '*.token',
  '*.password',
  '*.cookie',
  '*.authorization',
  '*.update',
];

/** A log line as a person reads it: time, level where it matters, the sentence, then the fields. */
export function readable(line: string): string {
  const { level, time, node: _node, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = typeof level === 'number' ? (pino.levels.labels[level] ?? '') : '';
  const at = new Date(Number(time)).toTimeString().slice(0, 8);
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return `${[at, label === 'info' ? '' : label, msg, ...rest].filter((part) => part !== '').join('  ')}\n`;
}

const terminal: DestinationStream = { write: (line) => process.stderr.write(readable(line)) };

export function createLog(config: Pick<Config, 'logLevel' | 'nodeId'>): Pino {
  const stream = process.stderr.isTTY ? terminal : pino.destination({ fd: 2, sync: false });
  return pino({ level: config.logLevel, base: { node: config.nodeId }, redact: REDACTED }, stream);
}
