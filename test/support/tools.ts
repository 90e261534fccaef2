// The programs that tests use and npm does not bring; the same table that the set-up installs from.
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import TOOLS from '../../scripts/setup/tools.json' with { type: 'json' };

/** Absolute path of a program on PATH (or in the folders for system programs), or undefined. */
export function findTool(name: keyof typeof TOOLS): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return firstExecutable(TOOLS[name].programs.flatMap((program) => folders.map((folder) => join(folder, program))));
}

/** A Chromium to test pages with: `STET_CHROMIUM`, one on PATH, or one that Playwright installed. */
export function findChromium(): string | undefined {
  const home = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  let builds: string[] = [];
  try {
    builds = readdirSync(home).filter((name) => /^chromium-\d+$/.test(name));
  } catch {
    // Playwright has installed nothing here.
  }
  const installed = builds.flatMap((build) =>
    ['chrome-linux', 'chrome-linux64'].map((kind) => join(home, build, kind, 'chrome')),
  );
  return process.env.STET_CHROMIUM ?? findTool('chromium') ?? firstExecutable(installed);
}

function firstExecutable(files: readonly string[]): string | undefined {
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
