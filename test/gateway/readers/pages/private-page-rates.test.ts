/** Requests for private pages count as those to the API do, so that nobody makes a node read and render without end. */
import test from 'ava';
import { createWorld } from '../../../support/node.ts';
import { Article } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(90_000));

test('I9 private pages and the API have one limit for a session and its user, and public pages have another', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ API_REQUESTS_PER_MINUTE: '4', API_REQUESTS_PER_USER_PER_MINUTE: '6' });
  const [ann, ben] = [await world.author('ann'), await world.author('ben')];
  const article = await Article.make(node, ann, 'private');
  await article.publish('for some');
  await world.grant(article.id, ben, 'view');
  const status = async (cookie: string) => {
    const response = await fetch(`${node.url}/d/${article.slug}`, { headers: { cookie } });
    await response.arrayBuffer();
    return response.status;
  };
  const [first, second] = [ben, await world.session(ben)].map(({ token }) => `stet=${token}`) as [string, string];
  t.is((await node.call('GET', '/v1/documents', ben)).status, 200);
  const statuses = [];
  for (let n = 0; n < 4; n += 1) statuses.push(await status(first));
  t.deepEqual(statuses, [200, 200, 200, 429], 'of the session');
  t.is((await node.call('GET', '/v1/documents', ben)).status, 429);
  t.deepEqual([await status(second), await status(second), await status(second)], [200, 200, 429], 'of the user');
  t.is(await status('other=1'), 404, 'strangers are not counted so');
});
