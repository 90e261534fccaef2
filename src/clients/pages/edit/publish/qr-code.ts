/** A QR code as SVG. Drawn by the DOM: the page's policy takes no inline markup. */
import { encode } from 'uqr';
import { qrPath } from './qr-path.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of white around it, which readers of the code need (ISO/IEC 18004). */
const QUIET = 4;

function element(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function qrCode(text: string, label: string): SVGElement {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const side = String(size + 2 * QUIET);
  const box = `${-QUIET} ${-QUIET} ${side} ${side}`;
  const svg = element('svg', { viewBox: box, class: 'qr-code', role: 'img', 'aria-label': label });
  // Black on white in either colour scheme: many cameras read nothing else.
  svg.append(
    element('rect', { x: String(-QUIET), y: String(-QUIET), width: side, height: side, fill: '#fff' }),
    element('path', { d: qrPath(data), fill: '#000', 'shape-rendering': 'crispEdges' }),
  );
  return svg;
}
