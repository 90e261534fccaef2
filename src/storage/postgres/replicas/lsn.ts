/** Positions in PostgreSQL's write-ahead log (`pg_lsn`): two hexadecimal halves, compared as one number. */
export type Lsn = bigint;

/** No replica ever reaches it: reads that need it go to the primary. */
export const MAX_LSN: Lsn = 0xffff_ffff_ffff_ffffn;

/** @throws on anything else than `X/Y` */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (!match) throw new TypeError(`not a position in the log: ${text}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** As text that sorts as the positions do: 16 hexadecimal digits. */
export const sortable = (lsn: Lsn): string => lsn.toString(16).padStart(16, '0');

/** @throws on anything else than what `sortable` makes */
export function fromSortable(text: string): Lsn {
  if (!/^[0-9a-f]{16}$/.test(text)) throw new TypeError(`not a position in the log: ${text}`);
  return BigInt(`0x${text}`);
}
