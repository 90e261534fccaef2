/**
 * What README.md, the tutorial and the page about HTTP show is true: their shell sessions run as printed, in one bash with the
 * real curl, against a real node, and print what the page shows; the TypeScript is checked and run. In place of the page's
 * address and password stand those of the test's node; nothing else differs.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { PASSWORDS, SDK_DIR } from '../../src/node/settings.ts';
import { OPERATOR } from '../../src/ports/actor.ts';
import { createPasswords } from '../../src/storage/postgres/accounts/passwords.ts';
import { createUserStore } from '../../src/storage/postgres/accounts/users.ts';
import { newSecret, secretText, signedHeaders } from '../../src/webhooks/signature.ts';
import { buildApp } from '../support/browser.ts';
import { createWorld } from '../support/node.ts';
import { chapters, codeBlocks, pattern, runSession, stepsOf } from '../support/readme.ts';
import { ROOT } from '../support/root.ts';
import { findTool } from '../support/tools.ts';

test.before(buildApp);
test.beforeEach((t) => t.timeout(300_000));

const pageOf = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const page = pageOf('docs/http-session.md');
const parts = chapters(page);
const ADDRESS = 'http://localhost:8080';
const PASSWORD = 'a password of the test';
const run = promisify(execFile);

const session = codeBlocks(parts.get('Use it over HTTP') ?? '', 'sh');
const tutorial = codeBlocks(pageOf('docs/tutorial.md'), 'sh');
const examples = ['Use it over HTTP', 'Write live'].flatMap((chapter) => codeBlocks(parts.get(chapter) ?? '', 'ts'));

/** A node with the accounts that the page speaks of. */
async function startNode(t: ExecutionContext) {
  const world = await createWorld(t);
  const node = await world.node();
  const users = createUserStore(world.orm, createPasswords(PASSWORDS), { now: Date.now });
  for (const handle of ['author', 'mara']) await users.create({ handle, password: PASSWORD, role: 'author' }, OPERATOR);
  return node;
}

async function runExamplesOf(t: ExecutionContext, url: string, session: readonly string[]) {
  t.truthy(findTool('curl'), 'curl is installed');
  t.true(session[0]?.includes(`STET=${ADDRESS}\nPASSWORD='…'`));
  const steps = session
    .map((block) => block.replace(`STET=${ADDRESS}`, `STET=${url}`).replace("PASSWORD='…'", `PASSWORD='${PASSWORD}'`))
    .flatMap(stepsOf);
  const folder = join(process.execPath, '..');
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const variables = ['STET', 'TOKEN', 'ID'];
  return { steps, ...(await runSession(steps, { cwd: ROOT, env, variables, timeoutMs: 120_000 })) };
}

/** A folder inside the project, where its packages are found, and the SDK as if it were installed; deleted with the test. */
function scratch(t: ExecutionContext): string {
  const made = join(ROOT, '.stet');
  mkdirSync(made, { recursive: true });
  const folder = mkdtempSync(join(made, 'readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(SDK_DIR, 'stet-sdk'), join(folder, 'node_modules', 'stet-sdk'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test.serial('README1 the shell session does what the page shows, command for command', async (t) => {
  const node = await startNode(t);
  const { steps, printed, errors, status, variables } = await runExamplesOf(t, node.url, session);
  t.is(errors, '');
  for (const [at, step] of steps.entries()) t.regex(printed[at] ?? '(not run)', pattern(step), step.commands);
  t.is(status, 0);
  t.is(printed.length, steps.length);

  const env = { ...process.env, ...variables };
  const folder = scratch(t);
  const outputs: string[] = [];
  for (const code of examples) {
    const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', code], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
    outputs.push(stdout);
  }
  const [verify, client, live, stock] = outputs;
  t.is(outputs.length, 4, 'each example of the page is one that is known here');
  t.is(verify, '');
  t.regex(client ?? '', /^Cranes\n(?:\d+\.0 update\n)*\d+\.1 published\n$/);
  t.regex(live ?? '', /kind: 'saving', unsaved: 1[\s\S]*kind: 'saved', seq: \d+, at: \d+/);
  t.regex(stock ?? '', /^\d+ blocks\n$/);
});

test.serial('README1 the tutorial’s shell session does what it shows', async (t) => {
  const node = await startNode(t);
  const { steps, printed, errors, status } = await runExamplesOf(t, node.url, tutorial);
  t.is(errors, '');
  for (const [at, step] of steps.entries()) t.regex(printed[at] ?? '(not run)', pattern(step), step.commands);
  t.is(status, 0);
});

test.serial('README2 the TypeScript of the page passes the project’s own check', async (t) => {
  const folder = scratch(t);
  for (const [at, code] of examples.entries()) {
    writeFileSync(join(folder, `example-${at}.ts`), `${code}\nexport {};\n`);
  }
  const config = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
  t.is(checked.stdout, '');
});

test('README2 the page names the SDK of this version', (t) => {
  const { version } = JSON.parse(pageOf('package.json')) as { version: string };
  for (const text of [page, pageOf('src/clients/README.md')]) {
    const named = [...text.matchAll(/stet-sdk-([\d.]+[\w.-]*)\.tgz/g)].map(([, found]) => found);
    t.deepEqual([...new Set(named)], [version]);
  }
});

test('README3 the page’s check of webhooks takes what is signed, and nothing else', async (t) => {
  const [code = ''] = examples;
  const file = join(scratch(t), 'is-from-stet.ts');
  writeFileSync(file, code);
  const { isFromStet } = (await import(file)) as {
    isFromStet(secret: string, headers: Headers, body: string): boolean;
  };
  const [secret, other] = [newSecret(), newSecret()];
  const body = '{"type":"document.published"}';
  const headers = (secrets: readonly Uint8Array[], at = Date.now()) =>
    new Headers(signedHeaders({ id: 'a', at, body, secrets }));
  t.true(isFromStet(secretText(secret), headers([secret]), body));
  t.true(isFromStet(secretText(secret), headers([other, secret]), body), 'while a secret is being changed');
  t.false(isFromStet(secretText(secret), headers([other]), body));
  t.false(isFromStet(secretText(secret), headers([secret]), `${body} `));
  t.false(isFromStet(secretText(secret), headers([secret], Date.now() - 600_000), body));
  t.false(isFromStet(secretText(secret), new Headers(), body));
});

test('README4 no example is left out, and a session that prints something else would be found out', async (t) => {
  const all = [...codeBlocks(page, 'sh'), ...codeBlocks(page, 'ts')];
  t.deepEqual(
    all.filter((block) => !session.includes(block) && !examples.includes(block)),
    [],
  );
  t.deepEqual(
    codeBlocks(pageOf('README.md'), 'sh').map((block) => block.trim()),
    ['npm start', 'npm test'],
  );
  t.is(tutorial.length, 1);
  const languages = new Set(
    ['README.md', 'docs/http-session.md', 'docs/tutorial.md'].flatMap((name) =>
      [...pageOf(name).matchAll(/^```(\w*)$/gm)].map(([, language]) => language),
    ),
  );
  t.deepEqual([...languages].sort(), ['', 'console', 'html', 'sh', 'ts'], 'commands that are not run are `console`');
  const block = 'echo one\n# -> o…\n\nfalse\necho two\n# -> two\n';
  const options = { cwd: ROOT, env: process.env, variables: [], timeoutMs: 10_000 };
  const failed = await runSession(stepsOf(block), options);
  t.is(failed.status, 1);
  t.regex('one', pattern(stepsOf(block)[0] ?? { commands: '', printed: '' }));
  t.notRegex('two', pattern(stepsOf(block)[0] ?? { commands: '', printed: '' }));
});
