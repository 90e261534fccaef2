/** The sockets and event streams on the reference page, made from the AsyncAPI document. */
import { html } from 'hono/html';
import type { AsyncApi, ChannelObject, MessageObject, Reference, SocketOperation } from './asyncapi-types.ts';
import { codeBox, errorLinks, type Html, inline, prose } from './docs-html.ts';
import { bodyFields } from './docs-schema.ts';
import { exampleOf } from './example-values.ts';

const TRANSPORTS: Readonly<Record<ChannelObject['x-transport'], string>> = {
  'socket.io': 'Socket.IO',
  websocket: 'WebSocket',
  'server-sent-events': 'Server-Sent Events',
};
const CREDENTIALS: Readonly<Record<string, string>> = {
  connectToken: 'a token as `auth: {token}`',
  queryToken: 'a token in the query',
  bearer: 'a token as `Authorization: Bearer …`',
  cookie: 'the session cookie',
};

const anchorOf = (id: string): string => `socket-${id}`;
const lastOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);

/** Entries of the page's contents. */
export function socketContents({ channels }: AsyncApi): Html {
  return html`<li><a class="group" href="#sockets">Sockets and event streams</a>
<ul>${Object.entries(channels).map(([id, { title }]) => html`<li><a href="#${anchorOf(id)}">${title}</a></li>`)}</ul></li>`;
}

export function socketSections(api: AsyncApi): Html {
  return html`<section id="sockets"><h2><a href="#sockets">Sockets and event streams</a></h2>
${prose(api.info.description.split('\n\n').slice(0, 2).join('\n\n'))}
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
<p class="route"><b class="get">${TRANSPORTS[channel['x-transport']]}</b> <code>${channel.address}</code>${
    namespace === undefined ? '' : html` namespace <code>${namespace}</code>`
  }</p>
${prose(channel.description)}
<p class="soft">${credentials.length === 0 ? 'No authentication required.' : inline(`Requires ${credentials.join(' or ')}.`)}</p>
${query ? html`<h4>Query parameters</h4>${bodyFields(query, api.components.schemas)}` : ''}
<h4>Handshake errors</h4>
<p>${errorLinks(channel['x-handshake-errors'])}</p>
${
  closing.length === 0
    ? ''
    : html`<h4>How connections end</h4><ul class="codes">${closing.map(
        ({ advice, closeCode, errors }) =>
          html`<li>${closeCode === undefined ? html`<code>bye</code>` : html`<code>${closeCode}</code>`} ${errorLinks(errors)}<p>${inline(advice)}</p></li>`,
      )}</ul>`
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
  const isBinary = message.contentType === 'application/octet-stream';
  const { schemas } = api.components;
  return html`<section class="message" id="${anchor}">
<h4><a href="#${anchor}"><code>${name}</code></a> <span class="soft">${direction}</span></h4>
<div class="split"><div>
${prose(message.summary)}
${isBinary ? '' : bodyFields(message.payload, schemas)}
${answer ? html`<p><b>Response</b></p>${bodyFields(answer.payload, schemas)}` : ''}
${errors.length === 0 ? '' : html`<p><b>Errors</b> ${errorLinks(errors)}</p>`}
</div>${isBinary ? '' : html`<div class="code">${codeBox('Example', `${name}, ${channel.title}`, example(name, message, channel, api))}</div>`}</div>
</section>`;
}

/** A message as it is written in the channel's transport; bytes stand as `<bytes>`. */
function example(name: string, { payload }: MessageObject, channel: ChannelObject, { components }: AsyncApi): string {
  const value = exampleOf(payload, components.schemas);
  switch (channel['x-transport']) {
    case 'socket.io':
      return JSON.stringify([name, value], null, 2);
    case 'websocket':
      return JSON.stringify(value, null, 2);
    case 'server-sent-events':
      return `event: ${name}\ndata: ${JSON.stringify(value)}`;
  }
}
