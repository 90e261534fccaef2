/** Nothing answers with a code that is not in the registry: what the sources write, and what the types let them. */
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { ERRORS, type ErrorCode } from '../../schemas/errors.ts';
import { problem, rawProblem } from '../../src/gateway/listener/problem.ts';

const GATEWAY = new URL('../../src/gateway/', import.meta.url);
/** Where a code is written as a text: `failure('…')`, `exchange?.refuse('…')`, `endWith(socket, '…')`, `code: '…'`. */
const WRITTEN = [
  /\b(?:failure|problemOf|problem|rawProblem|refuse|refuseLater|refusal|endWith|end|say|dismiss)\((?:[\w.]+, )?'([a-z]+(?:_[a-z]+)*)'/g,
  /\bcode: '([a-z]+(?:_[a-z]+)*)'/g,
];

function codesIn(text: string): string[] {
  return WRITTEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code));
}

test('every code that the gateway writes is registered', (t) => {
  const files = readdirSync(GATEWAY, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  let found = 0;
  for (const name of files) {
    for (const code of codesIn(readFileSync(new URL(name, GATEWAY), 'utf8'))) {
      found += 1;
      t.true(Object.hasOwn(ERRORS, code), `${name}: ${code}`);
    }
  }
  t.true(found > 100, `${found} codes found`);
});

test('a code that is not registered would be found', (t) => {
  for (const text of ["endWith(socket, 'head_too_large')", "{ accept: false, code: 'not_you' }", "problem('odd')"]) {
    t.false(codesIn(text).every((code) => Object.hasOwn(ERRORS, code)));
  }
  // @ts-expect-error: the types refuse it too
  t.throws(() => problem('head_too_large', []));
});

test("the listener's own answers say what the registry says", (t) => {
  for (const [code, { status, retryable, message: title }] of Object.entries(ERRORS)) {
    const made = problem(code as ErrorCode, []);
    t.is(made.status, status);
    t.like(JSON.parse(made.body), { type: `urn:stet:problem:${code}`, code, status, title });
    t.is(made.headers.has('retry-after'), retryable);
    t.true(rawProblem(code as ErrorCode, []).startsWith(`HTTP/1.1 ${status} `));
  }
});
