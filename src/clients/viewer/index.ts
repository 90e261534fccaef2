/**
 * The viewer SDK: follows published documents in browsers and Node, without a framework.
 *
 *   index.ts             what it offers          reading-page.ts  the script of the reading page
 *   publication.ts       one document followed   frame.ts  what stands around the text
 *   connection.ts        the socket              text.ts, plan-blocks.ts  the text, changed in place
 *   reconnect-delay.ts   pauses between attempts
 */
export type { ErrorBody, ErrorCode } from '../../../schemas/errors.ts';
export {
  type LiveDraft,
  type PublicationStatus,
  type PublishedRevision,
  type WatchOptions,
  watchPublication,
} from './publication.ts';
