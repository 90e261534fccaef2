/** The sockets and event streams on the reference page, made from the AsyncAPI document. */
import { html } from 'hono/html';
import type { AsyncApi, ChannelObject, MessageObject, Reference, SocketOperation } from './asyncapi-types.ts';
import { exampleOf, fieldRow, type Html, inline, kindOf, prose } from './docs-schema.ts';
import type { SchemaObject } from './openapi-types.ts';

const TRANSPORTS: Readonly<Record<ChannelObject['x-transport'], string>> = {
  'socket.io': 'Socket.IO',
  websocket: 'WebSocket',
  'server-sent-events': 'Server-Sent Events',
};
const CREDENTIALS: Readonly<Record<string, string>> = {
  connectToken: 'a token, as `auth: {token}`',
  queryToken: 'a token, in the query',
  bearer: 'a token, as `Authorization: Bearer`',
  cookie: 'the session cookie',
};

const anchorOf = (id: string): string => `socket-${id}`;
const lastOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);
const errorLinks = (codes: readonly string[]): Html =>
  html`${codes.map((code, index) => html`${index === 0 ? '' : ', '}<a href="#error-${code}"><code>${code}</code></a>`)}`;

/** Entries of the page's contents. */
export function socketContents({ channels }: AsyncApi): Html {
  return html`<li class="group"><a href="#sockets">Sockets and event streams</a></li>
${Object.entries(channels).map(([id, { title }]) => html`<li><a href="#${anchorOf(id)}">${title}</a></li>`)}`;
}

export function socketSections(api: AsyncApi): Html {
  return html`<section id="sockets"><h2><a href="#sockets">Sockets and event streams</a></h2>
${prose('What happens while a client is connected. The names of fields and the order of messages are in the AsyncAPI document as well, for tools that make clients from it.')}
${Object.entries(api.channels).map(([id, channel]) => channelSection(id, channel, api))}</section>`;
}

function channelSection(id: string, channel: ChannelObject, api: AsyncApi): Html {
  const operations = Object.values(api.operations).filter((operation) => lastOf(operation.channel) === id);
  const credentials = (operations[0]?.security ?? []).map((scheme) => CREDENTIALS[lastOf(scheme)] ?? '');
  const namespace = channel['x-namespace'];
  const query = channel.bindings?.ws.query;
  const closing = channel['x-closing'];
  const names = [...new Set(operations.flatMap(({ messages }) => messages.map(lastOf)))];
  return html`<article id="${anchorOf(id)}">
<h3><a href="#${anchorOf(id)}">${channel.title}</a></h3>
<p class="route"><code><span class="method get">${TRANSPORTS[channel['x-transport']]}</span> ${channel.address}</code>${
    namespace === undefined ? '' : html` namespace <code>${namespace}</code>`
  }</p>
${prose(channel.description)}
<p class="soft">${credentials.length === 0 ? 'Open to anyone.' : inline(`With ${credentials.join(', or ')}.`)}</p>
${query ? html`<h4>Query</h4>${fields(query)}` : ''}
<h4>Handshake errors</h4>
<p>${errorLinks(channel['x-handshake-errors'])}</p>
${
  closing.length === 0
    ? ''
    : html`<h4>How it ends</h4><dl>${closing.map(
        ({ advice, closeCode, errors }) =>
          html`<dt>${closeCode === undefined ? 'bye' : html`<code>${closeCode}</code>`} ${errorLinks(errors)}</dt><dd><p>${inline(advice)}</p></dd>`,
      )}</dl>`
}
${names.map((name) => messageSection(id, name, channel, operations, api))}
</article>`;
}

function messageSection(
  channelId: string,
  name: string,
  channel: ChannelObject,
  operations: readonly SocketOperation[],
  api: AsyncApi,
): Html {
  const messageOf = (own: string): MessageObject | undefined => {
    const reference = channel.messages[own];
    return reference && api.components.messages[lastOf(reference)];
  };
  const own = operations.filter(({ messages }) => messages.some((message) => lastOf(message) === name));
  const message = messageOf(name);
  if (!message) return html``;
  const received = own.find(({ action }) => action === 'receive');
  const answer = received?.reply && messageOf(`${name}.answer`);
  const errors = received?.['x-errors'] ?? [];
  const anchor = `${anchorOf(channelId)}-${name}`;
  const direction = own.length > 1 ? 'both ways' : received ? 'client to server' : 'server to client';
  return html`<section class="message" id="${anchor}">
<h4><a href="#${anchor}"><code>${name}</code></a> <span class="soft">${direction}</span></h4>
${prose(message.summary)}
${fields(message.payload)}
${answer ? html`<p>Answer:</p>${fields(answer.payload)}` : ''}
${errors.length === 0 ? '' : html`<p>Errors: ${errorLinks(errors)}</p>`}
${message.contentType === 'application/octet-stream' ? '' : html`<pre><code>${example(name, message, channel, api)}</code></pre>`}
</section>`;
}

function fields(schema: SchemaObject): Html {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties);
  if (rows.length === 0) return schema.$ref === undefined ? html`` : html`<p>${kindOf(schema)}</p>`;
  return html`<dl>${rows.map(([key, field]) => fieldRow(key, field, required.includes(key), field.description, ''))}</dl>`;
}

/** A message as it is written in the channel's transport; bytes stand as `<bytes>`. */
function example(name: string, { payload }: MessageObject, channel: ChannelObject, { components }: AsyncApi): string {
  const body = JSON.stringify(exampleOf(payload, components.schemas));
  switch (channel['x-transport']) {
    case 'socket.io':
      return `["${name}", ${body}]`;
    case 'websocket':
      return body;
    case 'server-sent-events':
      return `event: ${name}\ndata: ${body}`;
  }
}
