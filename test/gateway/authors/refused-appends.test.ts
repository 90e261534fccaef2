// A document whose changes PostgreSQL takes no more, seen from outside: what its authors see, what operators see, what it
// costs the others, and that it mends itself.
import test from 'ava';
import * as Y from 'yjs';
import { examine } from '../../../src/cli/doctor.ts';
import type { Logger } from '../../../src/lib/logger.ts';
import { until } from '../../support/helpers.ts';
import { metric, untilMetric } from '../../support/metrics.ts';
import { createWorld, type World } from '../../support/node.ts';
import { editor, shows, type, when } from '../../support/sdk.ts';
import { stockClient } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(120_000));

async function refuse(world: World, documentId: string): Promise<() => Promise<void>> {
  await world.orm.query(
    `create or replace function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'not this one' using errcode = '23514'; end $$`,
    [],
  );
  await world.orm.query(
    `create trigger refuses before insert on draft_updates for each row
      when (new.document_id = '${documentId}') execute function refuse()`,
    [],
  );
  return async () => {
    await world.orm.query('drop trigger refuses on draft_updates', []);
  };
}

/** A logger that counts lines about documents. */
function counting(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (_fields: object, message?: string): void => {
      if (level !== 'debug') lines.push(`${level} ${message}`);
    };
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') } as Logger;
  log.child = () => log;
  return { log, lines };
}

test.serial('I1 what the database refuses is shown as not saved, kept, tried again and saved by itself', async (t) => {
  const { log, lines } = counting();
  const world = await createWorld(t, { log });
  const node = await world.node();
  const [ann, ben] = [await world.author('ann'), await world.author('ben')];
  const [bad, good] = [await world.document(ann), await world.document(ann)];
  await world.grant(bad, ben, 'edit');
  const desk = editor(t, node.url, ann);
  const [broken, whole] = [desk.open(bad), desk.open(good)];
  const other = editor(t, node.url, ben).open(bad);
  await Promise.all([broken, whole, other].map((one) => shows(one, 'saved')));
  type(broken, 'before ');
  await when(broken.status, (status) => status.kind === 'saved' && status.seq === 1);
  const mend = await refuse(world, bad);

  type(broken, 'kept');
  const shown = await shows(broken, 'refused');
  t.like(shown, { kind: 'refused', unsaved: 1, error: { code: 'append_refused' } });
  const seen: string[] = [];
  broken.status.subscribe(({ kind }) => seen.push(kind));
  // Typing goes on and costs nothing; another document of the same socket is saved as always.
  type(broken, ' and more');
  type(whole, 'fine');
  await when(whole.status, (status) => status.kind === 'saved' && status.seq === 1);
  t.is(await metric(node, 'stet_documents_refused'), 1);
  t.is(await metric(node, 'stet_journal_writable'), 1);
  t.is((await node.call('GET', '/readyz')).status, 200);
  const [finding] = (await examine({ DATABASE_URL: world.databaseUrl })).filter(({ name }) => name === 'saving');
  t.is(finding?.verdict, 'note');
  t.regex(finding?.found ?? '', new RegExp(`a document: ${bad} since .*, 23514 not this one`));
  // Over HTTP it is the same, with a time to come back at.
  const posted = await fetch(`${node.url}/v1/documents/${bad}/updates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ben.token}`, 'content-type': 'application/octet-stream' },
    body: Buffer.from(edited('x')),
  });
  t.is(posted.status, 503);
  t.is(((await posted.json()) as { code: string }).code, 'append_refused');
  t.true(Number(posted.headers.get('retry-after')) >= 1);
  // More than one try fails.
  await untilMetric(node, 'stet_appends_refused_total', (count) => count >= 3);
  t.is(await metric(node, 'stet_claims_total'), 2);
  t.false(seen.includes('saved'));
  t.false(other.ydoc.getText('body').toString().includes('kept'));

  await mend();
  await when(broken.status, (status) => status.kind === 'saved');
  await until(() => other.ydoc.getText('body').toString() === 'before kept and more');
  await untilMetric(node, 'stet_documents_refused', 0);
  await until(async () => (await world.orm.query('select from draft_refusals', [])).length === 0);
  t.is(lines.filter((line) => line === 'error document: the database rejects its changes').length, 1);
  t.is(lines.filter((line) => line === 'info document: the database accepts its changes again').length, 1);
  const noise = lines.filter((line) => /journal|document|append/.test(line) && !/claimed|connected/.test(line));
  t.is(noise.length, 2, noise.join('\n'));
});

function edited(words: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, words);
  return Y.encodeStateAsUpdate(doc);
}

test.serial('I1 the next owner of a refused document knows of it until an append succeeds', async (t) => {
  const world = await createWorld(t);
  const first = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const mend = await refuse(world, doc);
  const document = editor(t, first.url, ann).open(doc);
  await shows(document, 'saved');
  type(document, 'kept');
  await shows(document, 'refused');
  await until(async () => (await world.orm.query('select from draft_refusals', [])).length === 1);
  await first.close();
  await mend();
  const second = await world.node();
  const again = editor(t, second.url, ann).open(doc);
  await shows(again, 'saved');
  t.is(await metric(second, 'stet_documents_refused'), 1);
  type(again, 'other');
  await when(again.status, (status) => status.kind === 'saved' && status.seq === 1);
  await until(async () => (await world.orm.query('select from draft_refusals', [])).length === 0);
  t.is(await metric(second, 'stet_documents_refused'), 0);
});

test.serial(
  'I1 a stock Yjs client whose work is refused stays connected and is saved when the cause is gone',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const ann = await world.author();
    const doc = await world.document(ann);
    const mend = await refuse(world, doc);
    const client = stockClient(t, node.url, ann, doc);
    client.ydoc.getText('body').insert(0, 'kept');
    await untilMetric(node, 'stet_appends_refused_total', (count) => count >= 2);
    t.is(await metric(node, 'stet_claims_total'), 1);
    await mend();
    await until(
      async () => (await world.orm.query('select from draft_updates where document_id = $1', [doc])).length > 0,
    );
    t.pass();
  },
);
