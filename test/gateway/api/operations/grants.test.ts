/** `/v1/documents/:id/grants/:handle`: who may give and take access, and that a document keeps an owner. */
import anyTest, { type TestFn } from 'ava';
import { type ApiHarness, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase() }) };
});
test.after.always((t) => t.context.api?.close());

/** An owner, another author, and a document of the owner. */
async function scene(api: ApiHarness) {
  const owner = await api.author('owner');
  const other = await api.author('other');
  const id = await api.document(owner.token);
  const path = (handle: string) => `/v1/documents/${id}/grants/${handle}`;
  const changes = (userId: string) =>
    api.published.filter((entry) => entry.userId === userId).map(({ change }) => change);
  return { owner, other, id, path, changes };
}

test('I6 each change of a level is notified once, after it is in effect', async (t) => {
  const { api } = t.context;
  const { owner, other, id, path, changes } = await scene(api);
  for (const level of ['view', 'edit', 'edit', 'own'] as const) {
    const response = await api.call('PUT', path(other.handle), { token: owner.token, json: { level } });
    t.is(response.status, 200);
    t.deepEqual(await response.json(), { handle: other.handle, level });
    t.is(await api.access.roleOf(other.userId, id), level);
  }
  const removed = await api.call('DELETE', path(other.handle), { token: owner.token });
  t.is(removed.status, 204);
  t.is(await api.access.roleOf(other.userId, id), null);
  t.deepEqual(
    changes(other.userId).map((change) => (change.kind === 'access' ? change.role : change.kind)),
    ['view', 'edit', 'own', null],
  );
  t.is((await api.call('GET', `/v1/documents/${id}`, { token: other.token })).status, 404);
  t.is((await api.call('DELETE', path(other.handle), { token: owner.token })).status, 404, 'no grant to remove');
});

test('only owners change access, but everybody may leave', async (t) => {
  const { api } = t.context;
  const { owner, other, path, changes } = await scene(api);
  await api.call('PUT', path(other.handle), { token: owner.token, json: { level: 'edit' } });
  for (const [method, handle] of [
    ['PUT', owner.handle],
    ['PUT', other.handle],
    ['PUT', 'nobody-at-all'],
    ['DELETE', owner.handle],
    ['DELETE', 'nobody-at-all'],
  ] as const) {
    const json = method === 'PUT' ? { json: { level: 'own' } } : {};
    const refused = await api.call(method, path(handle), { token: other.token, ...json });
    t.is(refused.status, 403, `${method} ${handle}`);
    t.like(await refused.json(), { code: 'forbidden' });
  }
  t.is(changes(owner.userId).length, 0);
  t.is((await api.call('DELETE', path(other.handle), { token: other.token })).status, 204);
});

test('the last owner can neither leave nor step down', async (t) => {
  const { api } = t.context;
  const { owner, other, id, path, changes } = await scene(api);
  await api.call('PUT', path(other.handle), { token: owner.token, json: { level: 'edit' } });
  const leave = await api.call('DELETE', path(owner.handle), { token: owner.token });
  t.is(leave.status, 409);
  t.like(await leave.json(), { code: 'conflict' });
  const down = await api.call('PUT', path(owner.handle), { token: owner.token, json: { level: 'view' } });
  t.is(down.status, 409);
  t.is(await api.access.roleOf(owner.userId, id), 'own');
  t.is(changes(owner.userId).length, 0);
});

test('unknown handles and levels are refused', async (t) => {
  const { api } = t.context;
  const { owner, other, path } = await scene(api);
  for (const handle of ['nobody-at-all', 'UPPER', '%00', 'a%2Fb', '%E0%A4%A']) {
    const response = await api.call('PUT', path(handle), { token: owner.token, json: { level: 'view' } });
    t.is(response.status, 404, handle);
  }
  const level = await api.call('PUT', path(other.handle), { token: owner.token, json: { level: 'admin' } });
  t.is(level.status, 400);
  t.like(await level.json(), { detail: 'level: must be one of view, edit, own.' });
});
