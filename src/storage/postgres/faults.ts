/**
 * Classifies errors of the database for writers: what failed, and the reason for operators. Pure; by codes alone.
 */
import pg from 'pg';

/**
 * `session`: this session cannot write, another may. `database`: no session can, as far as is known. `statement`: something
 * came in between, and the next try may succeed. `entries`: what was to be written is at fault.
 */
export type Fault = 'session' | 'database' | 'statement' | 'entries';

/**
 * Codes after which a session is of no more use although the server keeps it: read-only (a standby, or a default that was
 * in force when the session began), and prepared statements that the server, or a pooler's other session, does not have,
 * has already, or cannot run any more.
 */
const SESSION_STATES = new Set(['25006', '26000', '42P05', '0A000']);
/** Connection exceptions, and operator intervention that ends the session. */
const SESSION_CLASSES = /^(08|57P)/;
/** Transaction states and rollbacks (serialization, deadlock), object states (locks), a cancelled statement. */
const STATEMENT = /^(25|40|55|57014)/;
/** Authorization, resources, operator intervention, system errors, configuration. */
const DATABASE_CLASSES = /^(28|53|57|58|F0)/;
/** Of the class of wrong statements: privileges that were taken away, and objects that are not there. */
const DATABASE_STATES = new Set(['42501', '42P01', '42703', '42883', '3F000', '3D000']);

/** @param error without a code: the session was lost, and it is unknown whether the statement was carried out */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return 'session';
  const { code, severity } = error;
  // FATAL and PANIC end the session whatever their code.
  if (severity !== 'ERROR' || SESSION_STATES.has(code) || SESSION_CLASSES.test(code)) return 'session';
  if (STATEMENT.test(code)) return 'statement';
  return DATABASE_CLASSES.test(code) || DATABASE_STATES.has(code) ? 'database' : 'entries';
}

/** Why the database takes no writes, for operators; contains nothing of the statement. */
export function describeTrouble(error: unknown): string {
  if (error instanceof NotWritable) return error.message;
  if (error instanceof NotReplicated) return 'no synchronous standby confirms writes';
  const { code } = error as { code?: unknown };
  if (!(error instanceof pg.DatabaseError) || typeof code !== 'string') return 'the database is unreachable';
  return `${MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? 'the database is not writable'} (${code})`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  '25006': 'the database is read-only',
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '53300': 'the database has too many connections',
  '53': 'the database lacks resources',
  '42501': 'the role of this node has no permission to write',
  '28': 'the database rejects the role of this node',
  '57': 'the database is starting or stopping',
  '58': 'the database has a system error',
};

/**
 * A statement went through and its COMMIT ended with a warning: the server stopped waiting for its synchronous standbys, so
 * what was written is on the primary and may be nowhere else.
 */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated';
}

/** What is used of a message that the server sends besides. */
export interface Notice {
  code?: string | undefined;
  message?: string | undefined;
  /** Of the server's source. */
  file?: string | undefined;
}

/**
 * Warnings that come with a statement and say nothing of its COMMIT: that numbers of transactions run out (with each that
 * draws one, for millions of them), and what a trigger of the operator's says.
 */
const OTHER_WARNINGS = new Set(['varsup.c', 'multixact.c', 'pl_exec.c']);

/**
 * Whether a notice may say that a COMMIT did not wait for its standbys: any warning but those. Whatever language the server
 * speaks: of mere notices the class is 00.
 */
export const isCommitWarning = ({ code, file }: Notice): boolean =>
  code !== undefined && !code.startsWith('00') && (file === undefined || !OTHER_WARNINGS.has(file));

/** A session was made, and cannot write. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable';
}
