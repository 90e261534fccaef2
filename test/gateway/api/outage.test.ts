/** The API while PostgreSQL is away: it says so, and goes on by itself when it is back. */
import test from 'ava';
import { startApi } from '../../support/api.ts';
import { startPostgres } from '../../support/services.ts';
import { migrateDatabase } from '../../support/shared-services.ts';

test.serial('while the database is away everything is unavailable, and then it works again', async (t) => {
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  await migrateDatabase(databaseUrl);
  const api = await startApi({ databaseUrl });
  try {
    const { token, handle } = await api.author();
    const id = await api.document(token);
    await postgres.stopImmediate();
    // The session is no longer cached.
    api.clock.advance(2_000);
    for (const [method, path, call] of [
      ['GET', '/v1/documents', { token }],
      ['POST', '/v1/documents', { token, json: { title: 'T' } }],
      ['DELETE', '/v1/sessions/current', { token }],
      ['POST', '/v1/sessions', { json: { handle, password: 'whatever' } }],
    ] as const) {
      const response = await api.call(method, path, call);
      t.is(response.status, 503, `${method} ${path}`);
      t.is(response.headers.get('retry-after'), '1');
      t.like(await response.json(), { code: 'unavailable', retryAfterMs: 500 });
    }
    await postgres.start();
    const back = await api.call('GET', `/v1/documents/${id}`, { token });
    t.is(back.status, 200);
    t.deepEqual(api.published, []);
  } finally {
    await api.close();
    await postgres.stop();
  }
});
