/**
 * What a font file (TrueType, OpenType, or the first font of a collection) can show, and how wide each character is: the
 * tables `cmap` and `hmtx`, read without the outlines. Pure. Throws on a file that is no font.
 */

export interface FontTable {
  /** Width of a character as a share of the font's size; undefined: the font does not have it. */
  widthOf(codePoint: number): number | undefined;
}

const COLLECTION = 'ttcf';
/** Platform and encoding of Unicode tables, the widest first. */
const UNICODE = ['3/10', '0/6', '0/4', '3/1', '0/3', '0/2', '0/1', '0/0'];

type GlyphOf = (codePoint: number) => number;

const tagAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));

function tablesOf(view: DataView): Map<string, number> {
  const start = tagAt(view, 0) === COLLECTION ? view.getUint32(12) : 0;
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(start + 4); index += 1) {
    const entry = start + 12 + index * 16;
    tables.set(tagAt(view, entry), view.getUint32(entry + 8));
  }
  return tables;
}

/** Format 4: segments of 16-bit characters. */
function segmentsOf(view: DataView, at: number): GlyphOf {
  const count = view.getUint16(at + 6) / 2;
  const [ends, starts, deltas, offsets] = [0, 1, 2, 3].map((row) => at + 14 + row * count * 2 + (row > 0 ? 2 : 0));
  return (codePoint) => {
    if (codePoint > 0xffff) return 0;
    for (let index = 0; index < count; index += 1) {
      if (view.getUint16((ends ?? 0) + index * 2) < codePoint) continue;
      const first = view.getUint16((starts ?? 0) + index * 2);
      if (first > codePoint) return 0;
      const delta = view.getUint16((deltas ?? 0) + index * 2);
      const place = (offsets ?? 0) + index * 2;
      const offset = view.getUint16(place);
      if (offset === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(place + offset + (codePoint - first) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

/** Format 12: groups of characters. */
function groupsOf(view: DataView, at: number): GlyphOf {
  const count = view.getUint32(at + 12);
  return (codePoint) => {
    let [low, high] = [0, count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const group = at + 16 + middle * 12;
      const first = view.getUint32(group);
      if (codePoint < first) high = middle - 1;
      else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
      else return view.getUint32(group + 8) + codePoint - first;
    }
    return 0;
  };
}

function glyphsOf(view: DataView, cmap: number): GlyphOf {
  const found = new Map<string, number>();
  for (let index = 0; index < view.getUint16(cmap + 2); index += 1) {
    const entry = cmap + 4 + index * 8;
    found.set(`${view.getUint16(entry)}/${view.getUint16(entry + 2)}`, cmap + view.getUint32(entry + 4));
  }
  for (const name of UNICODE) {
    const at = found.get(name);
    if (at === undefined) continue;
    const format = view.getUint16(at);
    if (format === 12) return groupsOf(view, at);
    if (format === 4) return segmentsOf(view, at);
  }
  throw new TypeError('the font has no table of characters that is known');
}

export function readFontTable(bytes: Uint8Array): FontTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tablesOf(view);
  const [cmap, head, hhea, hmtx] = ['cmap', 'head', 'hhea', 'hmtx'].map((name) => tables.get(name));
  if (cmap === undefined || head === undefined || hhea === undefined || hmtx === undefined) {
    throw new TypeError('the file is no font, or lacks a table');
  }
  const glyphOf = glyphsOf(view, cmap);
  const unitsPerEm = view.getUint16(head + 18);
  const widths = view.getUint16(hhea + 34);
  return {
    widthOf(codePoint) {
      const glyph = glyphOf(codePoint);
      return glyph === 0 ? undefined : view.getUint16(hmtx + Math.min(glyph, widths - 1) * 4) / unitsPerEm;
    },
  };
}
