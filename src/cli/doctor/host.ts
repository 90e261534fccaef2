// Checks of this machine and this installation: Node, glibc, listener, port, limits, pages.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { CONNECT_WITHIN_MS, type Finding, note, ok, problem, reason } from './finding.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const OPEN_FILES_WANTED = 8_192;
const MEMORY_WANTED_BYTES = 512 * 1024 * 1024;

export function checkNode(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const found = `${process.versions.node} (${process.platform} ${process.arch})`;
  return major >= 24 ? ok(found) : problem(found, 'run "npm start" once to install Node 24 for this project');
}

export function checkGlibc(): Finding {
  if (process.platform !== 'linux') return ok('not needed on this system');
  const host = /^glibc ([\d.]+)/.exec(
    spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  if (host === undefined) return note('not found on this Linux', 'use a distribution with glibc 2.38 or newer');
  if (existsSync(join(ROOT, 'node_modules', 'node', 'glibc'))) {
    return ok(`${host}, with a newer one for this project`);
  }
  const [major = 0, minor = 0] = host.split('.').map(Number);
  if (major > 2 || minor >= 38) return ok(host);
  return note(
    `${host}, but uWebSockets.js needs 2.38`,
    'run "npm start" on Debian or Ubuntu with network access to install a newer one',
  );
}

export async function checkListener(env: NodeJS.ProcessEnv): Promise<Finding> {
  const wanted = env.LISTENER ?? 'auto';
  if (wanted === 'node') return ok('node:http (LISTENER=node)');
  try {
    await import('uWebSockets.js');
    return ok('uWebSockets.js');
  } catch (error) {
    const why = reason(error).trim().split('\n').at(-1) ?? '';
    const fix = 'run "npm start" on Debian or Ubuntu with network access, or use a system with glibc 2.38 or newer';
    return wanted === 'uws' ? problem(why, `${fix}, or set LISTENER=auto`) : note(`node:http, because: ${why}`, fix);
  }
}

export async function checkPort(env: NodeJS.ProcessEnv): Promise<Finding> {
  const port = Number(env.PORT ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return problem(`PORT=${env.PORT}`, 'set PORT to a number from 0 to 65535');
  if (port === 0) return ok('any free port');
  const taken = await new Promise<boolean>((settle) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_WITHIN_MS }, () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(false));
    socket.on('connect', () => socket.destroy());
  });
  return taken
    ? note(`${port} is in use`, 'if this is not Stet itself, set PORT to another port')
    : ok(`${port} is free`);
}

export function checkOpenFiles(): Finding {
  const text = spawnSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  const limit = text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
  if (limit >= OPEN_FILES_WANTED) return ok(text);
  return note(
    text,
    `raise the limit ("ulimit -n ${OPEN_FILES_WANTED}", or LimitNOFILE= in systemd): each connection is an open file`,
  );
}

export function checkMemory(): Finding {
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
  const found = `${Math.round(bytes / 1024 / 1024)} MiB`;
  return bytes >= MEMORY_WANTED_BYTES ? ok(found) : note(found, 'use at least 512 MiB');
}

export function checkCores(): Finding {
  const cores = os.availableParallelism();
  return cores >= 2
    ? ok(String(cores))
    : note('1', 'use at least two cores, so that the database does not wait for the server');
}

export function checkPages(): Finding {
  const folder = join(ROOT, '.stet', 'web');
  return existsSync(folder) ? ok(folder) : note('not built', 'run "npm start" once to build the pages');
}

export function checkVersion(): Finding {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return ok(version);
}
