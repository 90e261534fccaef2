// Debian's package manager used as a verified downloader: an apt of its own in a private folder, beside the system's.
// The archive's address is read off the system's own configuration (mirrors, proxies and credentials keep
// working) and what comes from it is checked with the distribution's keyring. Needs no root, changes nothing.
// Does not know: what the packages are for.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, which } from './process.mjs';

/** The distributions whose newer release can be asked, and the keyring that signs it. */
const ARCHIVES = {
  debian: { newer: 'trixie', parts: 'main', keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  ubuntu: { newer: 'noble', parts: 'main universe', keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg' },
};

/** What is asked of `apt-get indextargets`, a line per index. */
const LISTING = '$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)';

/** @returns {{id: string, codename: string}} from /etc/os-release; empty strings when there is none */
export function distribution() {
  let text = '';
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // Not a Linux distribution: both stay empty.
  }
  const field = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), codename: field('VERSION_CODENAME') };
}

/**
 * The addresses of the distribution's main archive, best guess first, out of `apt-get indextargets`.
 * @param {string} listing lines in the form of `LISTING`
 * @param {{id: string, codename: string}} host
 * @returns {string[]}
 */
export function archiveUris(listing, host) {
  const candidates = listing
    .split('\n')
    .map((line) => line.trim().split('|'))
    .flatMap(([uri, release, codename, component, origin = '']) => {
      if (!uri || component !== 'main' || ![release, codename].includes(host.codename)) return [];
      // Origin is known only when the system's lists were fetched before: it sorts, it does not decide.
      return { uri, known: origin.toLowerCase() === host.id };
    });
  const sorted = [...candidates.filter((c) => c.known), ...candidates.filter((c) => !c.known)];
  return [...new Set(sorted.map((candidate) => candidate.uri))];
}

/**
 * Downloads packages and unpacks each release's into a folder of its own.
 * @param {{newer: readonly string[], present: readonly string[], work: string, into: {newer: string, present: string}}} request
 *   `newer` are taken from the distribution's newer release, `present` from the host's; `work` is an empty private folder
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
export async function fetchPackages({ newer, present, work, into }) {
  const host = distribution();
  const archive = ARCHIVES[/** @type {keyof typeof ARCHIVES} */ (host.id)];
  if (!archive || !which('apt-get') || !which('dpkg')) return { ok: false, why: 'this is not Debian or Ubuntu' };
  if (!existsSync(archive.keyring)) return { ok: false, why: `${archive.keyring} is missing` };
  let why = `apt-get knows no ${host.id} archive`;
  for (const uri of archiveUris(await listTargets(), host)) {
    const source = (/** @type {string} */ suite) =>
      `deb [signed-by=${archive.keyring} target=Packages] ${uri} ${suite} ${archive.parts}\n`;
    const apt = privateApt(work, source(archive.newer) + source(host.codename));
    const updated = await run('apt-get', [...apt, 'update'], { timeoutMs: 180_000 });
    // `update` may end well with a warning and no index: only the downloads show it.
    const wanted = {
      newer: { names: newer, suite: archive.newer },
      present: { names: present, suite: host.codename },
    };
    let outcome = /** @type {{ok: true} | {ok: false, why: string}} */ ({ ok: true });
    for (const key of /** @type {const} */ (['newer', 'present'])) {
      if (outcome.ok) outcome = await download({ apt, ...wanted[key], debs: join(work, 'debs', key), into: into[key] });
    }
    if (outcome.ok) return outcome;
    why = updated.ok ? outcome.why : updated.why;
  }
  return { ok: false, why };
}

/** What the system's apt is configured with; the second question answers when its lists were never fetched. */
async function listTargets() {
  const known = await run('apt-get', ['indextargets', '--format', LISTING]);
  const configured = await run('apt-get', ['indextargets', '--no-release-info', '--format', LISTING]);
  return `${known.out}\n${configured.out}`;
}

/**
 * @param {{apt: string[], names: readonly string[], suite: string, debs: string, into: string}} request
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
async function download({ apt, names, suite, debs, into }) {
  mkdirSync(debs, { recursive: true });
  const packages = names.map((name) => `${name}/${suite}`);
  const fetched = await run('apt-get', [...apt, 'download', ...packages], { cwd: debs, timeoutMs: 180_000 });
  if (!fetched.ok) return { ok: false, why: fetched.why };
  mkdirSync(into, { recursive: true });
  for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb'))) {
    const unpacked = await run('dpkg', ['-x', join(debs, deb), into]);
    if (!unpacked.ok) return { ok: false, why: unpacked.why };
  }
  return { ok: true };
}

/**
 * Writes a configuration that shares nothing with the system's apt but its addresses, proxies and keys.
 * @param {string} work an empty private folder
 * @param {string} sources
 * @returns {string[]} the arguments that make apt-get use it
 */
export function privateApt(work, sources) {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, 'sources.list'), sources);
  writeFileSync(join(work, 'status'), '');
  const settings = {
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State': work,
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    // Whatever the system's apt is configured to accept, what is not signed with the distribution's keys is not taken.
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::AllowWeakRepositories': 'false',
    'Acquire::AllowDowngradeToInsecureRepositories': 'false',
    'Acquire::Check-Valid-Until': 'true',
    'APT::Get::AllowUnauthenticated': 'false',
  };
  // The system's hooks after an update (caches, desktop catalogues) are none of our business.
  const clears = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'];
  const lines = [
    ...clears.map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
  ];
  writeFileSync(join(work, 'apt.conf'), `${lines.join('\n')}\n`);
  return ['-q', '-c', join(work, 'apt.conf')];
}
