/** The AsyncAPI document: valid, current, and neither more nor less than the messages of the sockets and event streams. */
import { readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import test from 'ava';
import * as encoding from 'lib0/encoding';
import type { TSchema } from 'typebox';
import { ERRORS } from '../../../../schemas/errors.ts';
import { STREAM_EVENTS } from '../../../../schemas/http.ts';
import { EVENTS } from '../../../../schemas/realtime.ts';
import { YJS_FRAMES } from '../../../../schemas/sockets/yjs.ts';
import { SOCKET_CHANNELS } from '../../../../schemas/sockets.ts';
import { VIEWER_EVENTS } from '../../../../schemas/viewer.ts';
import { WIDGET_MESSAGES } from '../../../../schemas/widget.ts';
import { asyncApiText } from '../../../../scripts/asyncapi.ts';
import { closeCodeOf } from '../../../../src/gateway/access/close-codes.ts';
import { apiOperations, type OperationPorts } from '../../../../src/gateway/api/operations.ts';
import { asyncApiOf } from '../../../../src/gateway/api/reference/asyncapi.ts';
import type { Reference } from '../../../../src/gateway/api/reference/asyncapi-types.ts';
import { docsPage } from '../../../../src/gateway/api/reference/docs-page.ts';
import { exampleOf } from '../../../../src/gateway/api/reference/example-values.ts';
import { openApiOf } from '../../../../src/gateway/api/reference/openapi.ts';
import {
  awarenessFrame,
  deniedFrame,
  readFrame,
  step1Frame,
  step2Frame,
  updateFrame,
} from '../../../../src/gateway/yjs/protocol.ts';

const document = asyncApiOf(SOCKET_CHANNELS, '1.2.3');
const openApi = openApiOf(apiOperations({} as OperationPorts, '1.2.3'), '1.2.3');
const lastOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);

/** What `$ref` leads to; undefined: nothing. */
function find($ref: string): unknown {
  return $ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
}

test('the document is valid by the official schema of AsyncAPI 3.0', (t) => {
  // The schema brings the draft of JSON Schema that it is written in.
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const validate = ajv.compile(specs.schemas['3.0.0'] as object);
  t.true(validate(structuredClone(document)), JSON.stringify(validate.errors?.slice(0, 5), null, 2));
  const broken = structuredClone(document) as unknown as { operations: Record<string, { action: string }> };
  for (const operation of Object.values(broken.operations)) operation.action = 'publish';
  t.false(validate(broken), 'the schema refuses an action of AsyncAPI 2');
});

test('every reference leads to something, and nothing is there that none leads to', (t) => {
  const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? ''));
  for (const reference of references) t.truthy(find(reference), reference);
  for (const kind of ['messages', 'schemas', 'securitySchemes'] as const) {
    for (const name of Object.keys(document.components[kind]))
      t.true(references.has(`#/components/${kind}/${name}`), name);
  }
});

interface Described {
  readonly from: 'client' | 'server' | 'both';
  readonly body?: object;
  readonly answer?: object | undefined;
}
const fromServer = (bodies: Readonly<Record<string, TSchema>>): Record<string, Described> =>
  Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, { from: 'server', body }]));

const CHANNELS: Readonly<Record<string, Readonly<Record<string, Described>>>> = {
  authors: EVENTS,
  viewers: VIEWER_EVENTS,
  widgets: WIDGET_MESSAGES,
  yjs: YJS_FRAMES,
  documentEvents: fromServer(STREAM_EVENTS),
};

test('it has the channels that are served', (t) => {
  t.deepEqual(Object.keys(document.channels).sort(), [...Object.keys(CHANNELS), 'publicEvents'].sort());
  for (const { address, 'x-transport': transport } of Object.values(document.channels)) {
    if (transport === 'server-sent-events') t.true(address in openApi.paths, address);
  }
});

for (const [channel, messages] of Object.entries(CHANNELS)) {
  const operations = Object.values(document.operations).filter((operation) => lastOf(operation.channel) === channel);

  test(`${channel}: every message is in it in its direction, and none besides`, (t) => {
    const expected = Object.entries(messages).flatMap(([name, { from }]) => [
      ...(from === 'server' ? [] : [`receive ${name}`]),
      ...(from === 'client' ? [] : [`send ${name}`]),
    ]);
    const described = operations.map(({ action, messages: own }) => `${action} ${own.map(lastOf).join()}`);
    t.deepEqual(described.sort(), expected.sort());
  });

  test(`${channel}: payloads and answers have the fields of their schemas`, (t) => {
    const payload = (name: string) => document.components.messages[`${channel}.${name}`]?.payload;
    const fieldsOf = (schema: object | undefined) => {
      const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] };
      return { names: Object.keys(properties), required };
    };
    for (const [name, { answer, body }] of Object.entries(messages)) {
      const own = payload(name);
      const found = own?.$ref === undefined ? own : (find(own.$ref) as object);
      if (body) t.deepEqual(fieldsOf(found), fieldsOf(body), name);
      else t.deepEqual(found, { type: 'string', format: 'binary' }, name);
      if (answer) t.deepEqual(fieldsOf(payload(`${name}.answer`)), fieldsOf(answer), name);
    }
  });

  test(`${channel}: each request over Socket.IO has an answer, and its errors are of the registry`, (t) => {
    const isSocketIo = document.channels[channel]?.['x-transport'] === 'socket.io';
    for (const { action, messages: own, reply, 'x-errors': errors } of operations) {
      const name = own.map(lastOf).join();
      t.is(reply !== undefined, isSocketIo && action === 'receive', name);
      if (reply) t.deepEqual(reply.messages.map(lastOf), [`${name}.answer`, 'failure']);
      if (isSocketIo && action === 'receive') t.true((errors ?? []).length > 0, name);
      for (const code of errors ?? []) t.true(Object.hasOwn(ERRORS, code), code);
    }
  });
}

test('raw sockets end with the close codes that clients see', (t) => {
  for (const [id, { 'x-closing': closing, 'x-transport': transport }] of Object.entries(document.channels)) {
    for (const { closeCode, errors } of closing) {
      for (const code of errors) t.true(Object.hasOwn(ERRORS, code), code);
      t.is(closeCode !== undefined, transport === 'websocket', id);
      // The widget's `draining` is WebSocket's own "going away".
      if (closeCode === undefined || (id === 'widgets' && closeCode === 1001)) continue;
      for (const code of errors) t.is(closeCodeOf({ code: code as keyof typeof ERRORS }), closeCode, code);
    }
  }
});

test('frames of y-websocket begin as they are described', (t) => {
  const headOf = (frame: Uint8Array, length: number): number[] => [...frame.subarray(0, length)];
  const empty = new Uint8Array([0, 0]);
  const sent = {
    step1: step1Frame(empty),
    step2: step2Frame(empty).toBytes(),
    update: updateFrame(empty),
    awareness: awarenessFrame([]),
    denied: deniedFrame('no'),
  };
  for (const [name, { from, head, content }] of Object.entries(YJS_FRAMES)) {
    if (from !== 'client') t.deepEqual(headOf(sent[name as keyof typeof sent], head.length), [...head], name);
    const encoder = encoding.createEncoder();
    for (const number of head) encoding.writeVarUint(encoder, number);
    // An awareness update of no states, which is a frame of every kind that has content.
    if (content !== undefined) encoding.writeVarUint8Array(encoder, new Uint8Array([0]));
    const read: string | undefined = readFrame(encoding.toUint8Array(encoder))?.kind;
    t.is(read, from === 'server' ? undefined : name, name);
  }
});

test('every field of a message has a meaning, and every meaning is of a field', (t) => {
  for (const { id, fields, messages, transport } of SOCKET_CHANNELS) {
    const known = new Set<string>();
    for (const [name, { payload }] of Object.entries(document.components.messages)) {
      if (!name.startsWith(`${id}.`) || name.endsWith('.failure') || payload.$ref !== undefined) continue;
      for (const [field, schema] of Object.entries(payload.properties ?? {})) {
        t.truthy(schema.description, `${name}.${field}`);
        for (const key of [`${name.slice(id.length + 1)}.${field}`, field]) known.add(key);
      }
    }
    t.deepEqual(
      Object.keys(fields).filter((key) => !known.has(key)),
      [],
      id,
    );
    t.true(Object.keys(messages).length > 0, transport);
  }
});

test('an example of each payload fits its schema', (t) => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(structuredClone(document), 'document');
  for (const [name, { payload }] of Object.entries(document.components.messages)) {
    const example = exampleOf(payload, document.components.schemas);
    t.true(ajv.validate({ $ref: `document#/components/messages/${name}/payload` }, example), name);
  }
});

test('schemas/asyncapi.json is what the schemas say: `node scripts/asyncapi.ts` writes it', (t) => {
  t.true(readFileSync(new URL('../../../../schemas/asyncapi.json', import.meta.url), 'utf8') === asyncApiText());
});

test('a schema that both documents have is the same in both', (t) => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const other = openApi.components.schemas[name];
    if (other) t.deepEqual(schema, other, name);
  }
});

test('REF1 the reference has a section for every channel and message, with direction, errors and an example', async (t) => {
  const page = await docsPage(openApi, document);
  for (const [id, channel] of Object.entries(document.channels)) {
    const names = Object.keys(channel.messages).filter((name) => !name.endsWith('.answer') && name !== 'failure');
    const start = page.indexOf(` id="socket-${id}"`);
    t.true(start > 0, id);
    for (const name of names) {
      const [, section = ''] = page.slice(start).split(`id="socket-${id}-${name}"`);
      t.regex(section.slice(0, 400), /client to server|server to client|both ways/, `${id} ${name}`);
      const errors = document.operations[`${id}.receive.${name}`]?.['x-errors'] ?? [];
      for (const code of errors) t.true(section.split('</section>')[0]?.includes(`href="#error-${code}"`), code);
      const payload = document.components.messages[`${id}.${name}`]?.payload.properties ?? {};
      for (const field of Object.keys(payload)) t.true(section.includes(`<code class="name">${field}</code>`), field);
      if (id !== 'yjs') t.true(section.split('</section>')[0]?.includes('<pre tabindex="0"'), `${id} ${name}`);
    }
  }
});
