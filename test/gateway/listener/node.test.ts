import test from 'ava';
import { listenerContract } from '../../contracts/listener.ts';
import { RawClient, start } from '../../support/listener-harness.ts';

listenerContract(test, 'node');

test('node: I9 a body that drips on after its answer ends its connection', async (t) => {
  for (const method of ['PUT', 'GET']) {
    const { port } = await start(t, 'node', {
      fetch: () => new Response('answered', { status: 401 }),
      limits: { requestTimeoutMs: 100, keepAliveTimeoutMs: 100 },
    });
    const client = new RawClient(t, port).send(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n`);
    await client.receives('answered');
    const drip = setInterval(() => client.send('x'), 10);
    t.teardown(() => clearInterval(drip));
    // Reset, where a drip meets the end of the connection.
    client.socket.on('error', () => undefined);
    await new Promise((resolve) => client.socket.once('close', resolve));
    clearInterval(drip);
    t.pass(method);
  }
});
