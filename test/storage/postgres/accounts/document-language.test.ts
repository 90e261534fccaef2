/** The language of a document: the site's, one that was guessed when it was published, or the one that an editor chose. */
import test, { type ExecutionContext } from 'ava';
import { createDocumentStore } from '../../../../src/storage/postgres/accounts/documents.ts';
import { createPublicReads } from '../../../../src/storage/postgres/public/reads.ts';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../../../src/storage/postgres/publishing/revisions.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { codeOf } from '../../../support/outcome.ts';
import { textOf } from '../../../support/public.ts';
import { silentLog } from '../../../support/silent-log.ts';

/** A site in Welsh. */
async function siteOf(t: ExecutionContext) {
  const accounts = await accountsOf(t);
  const { clock, databaseUrl, orm } = accounts;
  const owner = await accounts.person();
  const documents = createDocumentStore(orm, clock, undefined, 'cy');
  const revisions = createRevisionStore(orm, undefined, 'cy');
  const pool = createPublicReads({
    databaseUrl,
    log: silentLog,
    poolSize: 1,
    statementTimeoutMs: 5_000,
    maxWaiting: 10,
    siteLanguage: 'cy',
  });
  t.teardown(() => pool.close());
  const publishing = createPublicationStore(orm, clock);
  let seq = 0;
  return {
    ...accounts,
    documents,
    owner,
    async create(language?: string) {
      const made = await documents.create(owner.actor, owner.handle, {
        title: 'Cranes',
        slug: 'cranes',
        visibility: 'public',
        ...(language !== undefined && { language }),
      });
      if (!made.ok) throw new Error(made.error.code);
      return made.document;
    },
    async publish(id: string, guessLanguage?: () => string | undefined) {
      seq += 1;
      const publication = { content: textOf('text'), seq, ...(guessLanguage && { guessLanguage }) };
      t.is(codeOf(await publishing.publish(owner.actor, id, publication)), 'ok');
    },
    /** As its authors, its readers with an account and all others get it. */
    async languages(id: string) {
      const [author, reader, anybody] = await Promise.all([
        documents.get(owner.userId, id),
        revisions.published('cranes', owner.userId),
        pool.bySlug('cranes'),
      ]);
      return [author?.language, reader?.language, anybody?.language];
    },
  };
}

test('LANG1 I5 a language that nobody chose is guessed at the first publication that tells, once', async (t) => {
  const { create, events, languages, publish } = await siteOf(t);
  const { id, language } = await create();
  t.is(language, 'cy', 'until then it is the site’s');
  await publish(id, () => undefined);
  t.deepEqual(await languages(id), ['cy', 'cy', 'cy']);
  await publish(id, () => 'ja');
  t.deepEqual(await languages(id), ['ja', 'ja', 'ja']);
  await publish(id, () => t.fail('it is known'));
  t.deepEqual(await languages(id), ['ja', 'ja', 'ja']);
  t.deepEqual(
    (await events(id, 'document.published')).map(({ after }) => (after as { language?: string }).language),
    [undefined, 'ja', undefined],
  );
});

test('LANG1 I5 a language that an editor chose is not guessed, and null goes back to the site’s', async (t) => {
  const { create, documents, events, grant, languages, owner, person, publish } = await siteOf(t);
  const { id, language } = await create('pt-BR');
  t.is(language, 'pt-BR');
  await publish(id, () => t.fail('it was chosen'));
  const [editor, viewer] = [await person(), await person()];
  await grant(owner, id, editor, 'edit');
  await grant(owner, id, viewer, 'view');
  t.is(codeOf(await documents.change(viewer.actor, id, { language: 'ar' })), 'read_only');
  t.is(codeOf(await documents.change(editor.actor, id, { language: 'ar' })), 'ok');
  t.deepEqual(await languages(id), ['ar', 'ar', 'ar'], 'no new revision is needed');
  t.is(codeOf(await documents.change(editor.actor, id, { language: null })), 'ok');
  t.deepEqual(await languages(id), ['cy', 'cy', 'cy']);
  const changes = (await events(id, 'document.changed')).filter(({ outcome }) => outcome === 'ok');
  t.deepEqual(
    changes.map(({ before, after }) => [before, after]),
    [
      [{ language: 'pt-BR' }, { language: 'ar' }],
      [{ language: 'ar' }, { language: null }],
    ],
  );
});
