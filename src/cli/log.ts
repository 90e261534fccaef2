/** The process's logger: pino, secrets and payloads redacted; readable lines on a terminal, JSON elsewhere. */
import { type Logger as Pino, pino } from 'pino';
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

export function createLog(config: Pick<Config, 'logLevel' | 'nodeId'>): Pino {
  return pino(
    { level: config.logLevel, base: { node: config.nodeId }, redact: REDACTED },
    pino.destination({ fd: 2, sync: false }),
  );
}
