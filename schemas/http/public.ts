/** Public documents, which everyone can read: published revisions, and drafts of live documents. */
import Type, { type Static } from 'typebox';
import { WidgetRevision } from '../widget.ts';
import { Handle, strict, Timestamp, Uuid } from './common.ts';
import { Language } from './documents.ts';
import { RevisionNumber } from './publishing.ts';

/** A public document as readers see it: its current revision, or the draft of a live one. */
export const PublicDocument = Type.Object(
  {
    id: Uuid,
    slug: Type.String({ description: 'Name of the document in its URL, `/d/{slug}`' }),
    revision: RevisionNumber,
    title: Type.String({ description: 'Title' }),
    summary: Type.String({ description: 'Summary' }),
    author: Handle,
    publishedAt: Timestamp,
    firstPublishedAt: Timestamp,
    updatedAt: Type.String({
      ...Timestamp,
      description:
        'When the text last changed: of a live document its draft, of others when the revision was published',
    }),
    live: Type.Boolean({ description: 'Whether readers see the draft while it is written' }),
    seq: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description:
        'Position of the draft if title, summary and text are those of the draft of a live document. `null` if they are those of the revision',
    }),
    coverage: Type.Union(
      [
        Type.Object(
          {
            startedAt: Timestamp,
            endedAt: Type.Union([Timestamp, Type.Null()], { description: '`null` while the document is live' }),
          },
          strict,
        ),
        Type.Null(),
      ],
      { description: 'From when to when the document was live. `null` if it never was, or if that was not recorded' },
    ),
    language: Language,
    html: Type.String({ description: 'Text as safe HTML' }),
    body: Type.Object({}, { description: 'Text as ProseMirror JSON' }),
  },
  { ...strict, title: 'PublicDocument' },
);

/** A revision as it is sent to readers. */
export const PublicRevision = Type.Object(WidgetRevision.properties, { ...strict, title: 'PublicRevision' });

export const PublicRevisionPage = Type.Object(
  {
    revisions: Type.Array(PublicRevision),
    next: Type.Integer({ minimum: 0, description: 'Value of `after` for the next request' }),
  },
  { ...strict, title: 'PublicRevisionPage' },
);

/** Any text: a name that no document can have gets the same response as one that no public document has (I6). */
export const PublicSlug = Type.Object({
  slug: Type.String({ maxLength: 200, description: 'Slug of the document, or a former slug' }),
});

export const PublicEventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description: 'Newest revision that you have, of `document` if you send it. 0 if you have none',
      }),
    ),
    document: Type.Optional(Type.String({ ...Uuid, description: 'Document of the revision in `after`' })),
    wait: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60, description: 'Seconds to wait for a revision. For long polling only' }),
    ),
  },
  strict,
);
export type PublicEventsQuery = Static<typeof PublicEventsQuery>;
