/** What anybody may read without signing in: published revisions of public documents. */
import Type, { type Static } from 'typebox';
import { WidgetRevision } from '../widget.ts';
import { Handle, strict, Timestamp, Uuid } from './common.ts';
import { RevisionNumber } from './publishing.ts';

/** A public document with its current revision. */
export const PublicDocument = Type.Object(
  {
    id: Uuid,
    slug: Type.String(),
    revision: RevisionNumber,
    title: Type.String(),
    summary: Type.String(),
    author: Handle,
    publishedAt: Timestamp,
    firstPublishedAt: Timestamp,
    live: Type.Boolean({ description: 'Readers see the draft as it is written' }),
    html: Type.String({ description: 'The text as sanitised HTML' }),
    body: Type.Object({}, { description: 'The text as ProseMirror JSON' }),
  },
  { ...strict, title: 'PublicDocument' },
);

/** A revision as it is sent to readers. */
export const PublicRevision = Type.Object(WidgetRevision.properties, { ...strict, title: 'PublicRevision' });

export const PublicRevisionPage = Type.Object(
  {
    revisions: Type.Array(PublicRevision),
    next: Type.Integer({ minimum: 0, description: 'Send it as `after` in the next request' }),
  },
  { ...strict, title: 'PublicRevisionPage' },
);

/** Nothing of that name, whatever the reason, is one answer: so is what no document can be called. */
export const PublicSlug = Type.Object({ slug: Type.String({ maxLength: 200, description: 'The name in its URL' }) });

export const PublicEventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description: 'The newest revision that you have, of `document` if given; 0: none',
      }),
    ),
    document: Type.Optional(Uuid),
    wait: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60, description: 'Seconds to wait for a revision; long polling only' }),
    ),
  },
  strict,
);
export type PublicEventsQuery = Static<typeof PublicEventsQuery>;
