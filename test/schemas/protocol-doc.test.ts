// PROTOCOL.md says what schemas/ say: every event with its direction, fields and types, every error, every limit.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { ERROR_ACTIONS } from '../../schemas/error-actions.ts';
import { ERRORS, type ErrorCode } from '../../schemas/errors.ts';
import { STREAM_EVENTS } from '../../schemas/http.ts';
import { EVENTS } from '../../schemas/realtime.ts';
import { SOCKET_CHANNELS } from '../../schemas/sockets.ts';
import { VIEWER_EVENTS } from '../../schemas/viewer.ts';
import { WIDGET_MESSAGES } from '../../schemas/widget.ts';
import { describeSettings } from '../../src/config/config.ts';
import { connectClient, Desk } from '../support/client.ts';
import { until } from '../support/helpers.ts';
import { createWorld } from '../support/node.ts';

const page = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8');

/** The page's parts by their heading of a level, up to the next heading of the same level or above. */
function sections(text: string, level: number): Map<string, string> {
  const mark = '#'.repeat(level);
  const parts = text.split(new RegExp(`^(?=#{1,${level}} )`, 'm'));
  return new Map(
    parts
      .filter((part) => part.startsWith(`${mark} `))
      .map((part) => [part.slice(mark.length + 1, part.indexOf('\n')), part.slice(part.indexOf('\n'))]),
  );
}

/** The rows of the tables in a text, as cells; headings and rules left out. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-|]+\|$/.test(line))
    .map((line) =>
      line
        .replaceAll('\\|', '\u0000')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\u0000', '|')),
    )
    .filter(([first = '']) => /^`[^ ]+`\??$/.test(first));
}

interface AnySchema {
  type?: string;
  const?: unknown;
  pattern?: string;
  contentEncoding?: string;
  anyOf?: AnySchema[];
  properties?: Record<string, AnySchema>;
  required?: string[];
}

/** A schema's type as the page writes it. */
function typeOf(schema: AnySchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if ('const' in schema) return typeof schema.const === 'string' ? `'${schema.const}'` : String(schema.const);
  if (schema.contentEncoding === 'binary') return 'bytes';
  return schema.pattern === undefined ? (schema.type ?? 'unknown') : 'uuid';
}

/** The fields of a schema as the page's table writes them. */
function fields(schema: unknown): string[][] {
  const { properties = {}, required = [] } = schema as AnySchema;
  return Object.entries(properties).map(([name, property]) => [
    required.includes(name) ? `\`${name}\`` : `\`${name}\`?`,
    typeOf(property),
  ]);
}

const DIRECTIONS = { client: 'Client to server', server: 'Server to client', both: 'Both ways' } as const;
/** Messages that are described in chapters of the page. */
const messages = (...chapters: string[]): Map<string, string> =>
  new Map(
    chapters
      .flatMap((chapter) => [...sections(sections(page, 2).get(chapter) ?? '', 3)])
      .map(([heading, text]) => [heading.replaceAll('`', ''), text]),
  );
const events = messages('Messages from the client', 'Messages from the server');
const widgetMessages = messages('Widgets');
const firstTwo = (part: string): string[][] => rows(part).map((row) => row.slice(0, 2));

interface Described {
  readonly from: keyof typeof DIRECTIONS;
  readonly body: object;
  readonly answer: object | undefined;
}
/** Codes that every request may be refused with: they are explained once, for all. */
const GENERAL = new Set(['bad_request', 'rate_limited', 'internal']);
const PROTOCOLS: readonly [string, Map<string, string>, Readonly<Record<string, Described>>][] = [
  ['authors', events, EVENTS],
  ['viewers', messages('Viewers'), VIEWER_EVENTS],
];
for (const [protocol, described, schemas] of PROTOCOLS) {
  test(`${protocol}: the page has a section for every event, and for nothing else`, (t) => {
    t.deepEqual([...described.keys()].sort(), Object.keys(schemas).sort());
  });

  for (const [name, event] of Object.entries(schemas)) {
    test(`${protocol}, ${name}: the page states its direction, fields and response`, (t) => {
      const text = described.get(name) ?? '';
      t.true(text.trimStart().startsWith(DIRECTIONS[event.from]), 'direction');
      const [body = '', answer = ''] = text.split(/^Response:$/m);
      t.deepEqual(firstTwo(body), fields(event.body));
      t.deepEqual(firstTwo(answer), event.answer === undefined ? [] : fields(event.answer));
      const codes = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code]) => code ?? '');
      for (const code of codes) t.true(Object.hasOwn(ERRORS, code), `${code} is an error code`);
    });

    test(`${protocol}, ${name}: the page and the reference name the same errors`, (t) => {
      const { errors = [] } = SOCKET_CHANNELS.find(({ id }) => id === protocol)?.messages[name] ?? {};
      const [failures = ''] = /^Fail[\s\S]*?\n\n/m.exec(described.get(name) ?? '') ?? [];
      const named = [...failures.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, code]) => code ?? '');
      const special = (codes: readonly string[]) => [...new Set(codes)].filter((code) => !GENERAL.has(code)).sort();
      t.deepEqual(special(named.filter((word) => Object.hasOwn(ERRORS, word))), special(errors));
    });
  }
}

test('the page has a section for every message of widgets, and for nothing else', (t) => {
  t.deepEqual([...widgetMessages.keys()].sort(), Object.keys(WIDGET_MESSAGES).sort());
});

for (const [name, { from, body }] of Object.entries(WIDGET_MESSAGES)) {
  test(`widgets, ${name}: the page states its direction and fields`, (t) => {
    const text = widgetMessages.get(name) ?? '';
    t.true(text.trimStart().startsWith(DIRECTIONS[from]), 'direction');
    t.deepEqual(firstTwo(text), fields(body));
  });
}

test('the page lists every event of a stream with its data', (t) => {
  const listed = rows(sections(sections(page, 2).get('Over HTTP') ?? '', 3).get('Events of a document') ?? '');
  const expected = Object.entries(STREAM_EVENTS).map(([name, data]) => [
    `\`${name}\``,
    Object.keys(data.properties)
      .map((field) => `\`${field}\``)
      .join(', '),
  ]);
  t.deepEqual(
    listed.map((row) => row.slice(0, 2)),
    expected,
  );
});

test('the page lists every error with its status, whether a retry helps, its message and what to do', (t) => {
  const listed = rows(sections(page, 2).get('Errors') ?? '');
  const expected = Object.entries(ERRORS).map(([code, { status, retryable, message }]) => [
    `\`${code}\``,
    String(status),
    retryable ? 'yes' : 'no',
    message,
    ERROR_ACTIONS[code as ErrorCode],
  ]);
  t.deepEqual(listed, expected);
});

test('the limits of the page are settings, with their defaults', (t) => {
  const defaults = new Map(
    describeSettings()
      .split('\n')
      .map((line) => line.trim().split(/\s+/, 2) as [string, string]),
  );
  const listed = rows(sections(page, 2).get('Limits') ?? '');
  t.true(listed.length > 10);
  for (const [name = '', value] of listed) t.is(defaults.get(name.replaceAll('`', '')), value, name);
});

test('the goodbye codes of the page are error codes', (t) => {
  const codes = rows(sections(page, 2).get('Connecting') ?? '').map(([code = '']) => code.replaceAll('`', ''));
  t.deepEqual(codes.sort(), ['draining', 'rate_limited', 'too_many_sockets', 'unauthenticated']);
  for (const code of codes) t.true(Object.hasOwn(ERRORS, code));
});

test('I1 I7 the stock client of the page runs as it stands: what it calls saved is in the journal, and it survives its node', async (t) => {
  t.timeout(60_000);
  const code = page.slice(page.lastIndexOf('```js') + '```js'.length, page.lastIndexOf('```'));
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const child = spawn(process.execPath, ['--input-type=module', '-', node.url, ann.token, doc], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stdin.end(code);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('saved at 1')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('exit', () => reject(new Error(said)));
  });
  t.true(said.startsWith('Hello from a stock client.'), said);
  t.is((await world.orm.query('select seq from draft_updates where document_id = $1', [doc])).length, 1);

  // Its node goes, in order, and another has its address: what is written there is shown.
  await node.close();
  const next = await world.node({ PORT: String(node.port) });
  const desk = new Desk(await connectClient(t, next.url, { author: ann }), doc);
  t.like(await desk.open(), { ok: true });
  t.like(await desk.send(desk.type('Written meanwhile.')), { ok: true, seq: 2 });
  await until(() => said.includes('Hello from a stock client. Written meanwhile.'));
  t.is(child.exitCode, null);
});
