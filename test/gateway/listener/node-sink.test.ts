/** What an answer of node:http leaves behind while it is under way. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test from 'ava';
import { NodeSink } from '../../../src/gateway/listener/node-sink.ts';
import { UnreadBytes } from '../../../src/gateway/listener/unread-bytes.ts';
import { unreadLimits } from '../../support/listener-harness.ts';

const CHUNK = new Uint8Array(1_048_576);

test('I9 a stream that waits for its reader again and again leaves nothing behind', async (t) => {
  const unread = new UnreadBytes(unreadLimits);
  const served = Promise.withResolvers<ServerResponse>();
  let waited = 0;
  const server = createServer((_request, response) => {
    const sink = new NodeSink(
      response,
      () => false,
      (_waiting, buffer) => {
        waited += 1;
        const one = unread.open('a', () => response.destroy());
        one.add(buffer);
        return one;
      },
    );
    sink.begin(200, new Headers(), undefined);
    const write = () => {
      while (waited < 30) if (!sink.write(CHUNK)) return;
      served.resolve(response);
    };
    sink.onWritable = write;
    write();
  });
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.teardown(() => client.destroy());
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  client.resume();
  const response = await served.promise;
  t.is(waited, 30);
  t.true(response.listenerCount('close') < 5, `${response.listenerCount('close')} listeners`);
  client.destroy();
  if (!response.closed) await once(response, 'close');
  t.is(unread.bytes, 0);
});
