/**
 * The viewer SDK: follows published documents in browsers and Node, without a framework.
 *
 *   index.ts             what it offers          reading-page.ts  the script of the reading page
 *   publication.ts       one document followed   article-frame.ts  title, times and counts around the text
 *   connection.ts        the socket              article-body.ts, plan-blocks.ts  the text, changed in place
 *   reconnect-delay.ts   delays between attempts
 */
export type { ErrorBody, ErrorCode } from '../../../schemas/errors.ts';
export {
  type LiveDraft,
  type PublicationStatus,
  type PublishedRevision,
  type WatchOptions,
  watchPublication,
} from './publication.ts';
