/** Where a receiver of a document's events is: the draft's position and the last revision that it heard of (I7). */
export interface Position {
  seq: number;
  revision: number;
}

export function parsePosition(text: string): Position | undefined {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,9})$/.exec(text);
  return match ? { seq: Number(match[1]), revision: Number(match[2]) } : undefined;
}

export const writePosition = ({ seq, revision }: Position): string => `${seq}.${revision}`;
