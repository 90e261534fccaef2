/** Where a receiver of a document's events is: enough to tell it later all that it missed (I7). */
export interface Position {
  /** Of the draft. */
  seq: number;
  /** The last revision that it heard of; 0: of none. */
  revision: number;
  /** It heard that readers see nothing of it any more. */
  withdrawn: boolean;
}

export function parsePosition(text: string): Position | undefined {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,9})(u?)$/.exec(text);
  return match ? { seq: Number(match[1]), revision: Number(match[2]), withdrawn: match[3] !== '' } : undefined;
}

export const writePosition = ({ seq, revision, withdrawn }: Position): string =>
  `${seq}.${revision}${withdrawn ? 'u' : ''}`;
