/** A client's position in a document's events: enough to send it later everything that it missed (I7). */
export interface Position {
  /** Of the draft. */
  seq: number;
  /** The last revision that it received; 0: none. */
  revision: number;
  /** It received that this revision was withdrawn. */
  withdrawn: boolean;
}

export function parsePosition(text: string): Position | undefined {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,9})(u?)$/.exec(text);
  return match ? { seq: Number(match[1]), revision: Number(match[2]), withdrawn: match[3] !== '' } : undefined;
}

export const writePosition = ({ seq, revision, withdrawn }: Position): string =>
  `${seq}.${revision}${withdrawn ? 'u' : ''}`;
