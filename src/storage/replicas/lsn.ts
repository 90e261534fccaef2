/** Positions in PostgreSQL's write-ahead log (`pg_lsn`): two hexadecimal halves, compared as one number. */
export type Lsn = bigint;

/** @throws on anything else than `X/Y` */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (!match) throw new TypeError(`not a position in the log: ${text}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

export const writeLsn = (lsn: Lsn): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
