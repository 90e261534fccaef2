/** A document's events at a node that drains: who waits for them is sent to another node, whenever the request came. */
import { Agent, get } from 'node:http';
import test from 'ava';
import { until } from '../../../support/helpers.ts';
import { createWorld, LISTENERS } from '../../../support/node.ts';

test.serial('I7 a long poll that reaches a draining node is not answered as unavailable', async (t) => {
  t.timeout(120_000);
  const world = await createWorld(t);
  const author = await world.author();
  const documentId = await world.document(author);
  const lookedUp = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  const node = await world.node(
    { DRAIN_MS: '10000' },
    {
      // Where the document is cannot be found out any more once the node drains.
      journal: (journal) => ({
        ...journal,
        head() {
          lookedUp.resolve();
          return lost.promise;
        },
      }),
    },
  );
  const answer = node.call('GET', `/v1/documents/${documentId}/events?wait=5`, author);
  await lookedUp.promise;
  const closed = node.close();
  lost.reject(new Error('Connection terminated'));
  const response = await answer;
  t.is(response.status, 503);
  t.like(await response.json(), { code: 'draining' });
  await closed;
});

for (const listener of LISTENERS) {
  test.serial(`I7 a draining node asks a long poll to reconnect to another node (${listener})`, async (t) => {
    t.timeout(120_000);
    const world = await createWorld(t);
    const author = await world.author();
    const documents = await Promise.all(Array.from({ length: 4 }, () => world.document(author)));
    const node = await world.node({ LISTENER: listener, DRAIN_MS: '4000' });
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    t.teardown(() => agent.destroy());
    const answers: string[] = [];
    let polls = 0;
    const poll = (documentId: string) =>
      new Promise<boolean>((resolve) => {
        const sent = get(
          `${node.url}/v1/documents/${documentId}/events?wait=1`,
          { agent, headers: { authorization: `Bearer ${author.token}`, accept: 'application/json' } },
          (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (chunk: string) => {
              body += chunk;
            });
            response.on('end', () => {
              polls += 1;
              const code = response.statusCode === 200 ? 'ok' : (JSON.parse(body) as { code: string }).code;
              answers.push(code);
              resolve(true);
            });
            response.on('error', () => resolve(true));
          },
        );
        // A connection that is closed, or refused: another node is tried.
        sent.on('error', () => resolve(false));
      });
    let stopped = false;
    const pollers = Array.from({ length: 24 }, async (_, index) => {
      while (!stopped && (await poll(documents[index % documents.length] as string))) {}
    });
    await until(() => polls > 48);
    await node.close();
    stopped = true;
    await Promise.all(pollers);
    const counts = Object.fromEntries(
      [...new Set(answers)].map((code) => [code, answers.filter((one) => one === code).length]),
    );
    t.log(counts);
    t.deepEqual(
      Object.keys(counts).filter((code) => code !== 'ok' && code !== 'draining'),
      [],
    );
  });
}
