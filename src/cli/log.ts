/** The process's logger: pino, secrets and payloads redacted; readable lines on a terminal, JSON elsewhere. */
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import type { Config } from '../config/config.ts';

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

const MAX_CAUSES = 4;

/**
 * What a log says of an error: no other fields of it, which may be whole connections, or what somebody wrote. Of those that it
 * was caused by as much, a few deep.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    stack,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: errorFields(cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, MAX_CAUSES).map((one) => errorFields(one, MAX_CAUSES)),
    }),
  };
}

/** A log line as a person reads it: time, level where it matters, the sentence, then the fields, and an error's stack below. */
export function readable(line: string): string {
  const { level, time, node: _node, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = typeof level === 'number' ? (pino.levels.labels[level] ?? '') : '';
  const at = new Date(Number(time)).toTimeString().slice(0, 8);
  const { err, ...others } = fields;
  const stack = (err as { stack?: unknown } | null | undefined)?.stack;
  const shown = typeof stack === 'string' || err === undefined ? others : fields;
  const rest = Object.entries(shown).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  const sentence = [at, label === 'info' ? '' : label, msg, ...rest].filter((part) => part !== '').join('  ');
  return `${sentence}\n${typeof stack === 'string' ? `${stack.replaceAll(/^/gm, '  ')}\n` : ''}`;
}

const terminal: DestinationStream = { write: (line) => process.stderr.write(readable(line)) };

export function createLog(config: Pick<Config, 'logLevel' | 'nodeId'>): Pino {
  const stream = process.stderr.isTTY ? terminal : pino.destination({ fd: 2, sync: false });
  const serializers = { err: (error: unknown) => errorFields(error) };
  return pino({ level: config.logLevel, base: { node: config.nodeId }, redact: REDACTED, serializers }, stream);
}
