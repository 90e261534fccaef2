/** The app's line icons, drawn on a 20 × 20 grid. Each is decoration: its button carries the label. */

const PATHS = {
  back: 'M12 4.5 6.5 10l5.5 5.5',
  bin: 'M4 6h12M8 6V4h4v2M5.500 6l.7 10h7.6l.7-10M8.500 9v4.500M11.500 9v4.500',
  bullets: 'M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01',
  close: 'm5.5 5.5 9 9m0-9-9 9',
  code: 'm7 6-4 4 4 4m6-8 4 4-4 4',
  'code-block': 'M3.5 4h13v12h-13zM8 8l-2 2 2 2m4-4 2 2-2 2',
  'column-after': 'M3.5 3H10v14H3.5zM6.8 3v14M12.5 10h5M15 7.5v5',
  'column-before': 'M10 3h6.5v14H10zM13.2 3v14M2.5 10h5M5 7.5v5',
  'delete-column': 'M3.5 3h4.5v14H3.5zM11.5 7.5l5 5m0-5-5 5',
  'delete-row': 'M3 3.5h14V8H3zM7.5 11.5l5 5m0-5-5 5',
  'delete-table': 'M3 3.5h14v13H3zM3 7h14M7.8 9.6l4.4 4.4m0-4.4-4.4 4.4',
  down: 'm5 8 5 5 5-5',
  'header-row': 'M3 4.5h14v11H3zM3 6.3h14M3 8.2h14M10 8.2v7.3',
  history: 'M4 4v4h4M4.400 8a6 6 0 1 1-.2 3.500M10 7v3.400l2.300 1.400',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.9-2.9a3 3 0 0 0-4.2-4.2l-1 1m1.1 3.1a3 3 0 0 0-4.2 0l-2.9 2.9a3 3 0 0 0 4.2 4.2l1-1',
  numbers: 'M8 5h9M8 10h9M8 15h9M3 3.5l1-.5v4M2.8 12.2c.3-.8 2-.9 2 .2 0 .9-2 1.6-2 2.6h2.1',
  plus: 'M10 4v12M4 10h12',
  quote: 'M8 6.5c-2.4.6-4 2.5-4 5v2h4v-4H5.700M16 6.500c-2.4.6-4 2.5-4 5v2h4v-4h-2.3',
  redo: 'm13 4 3.5 3.500L13 11m3-3.500H8a4 4 0 0 0 0 8h2',
  'row-above': 'M3 10h14v6.5H3zM3 13.2h14M10 2.5v5M7.5 5h5',
  'row-below': 'M3 3.5h14V10H3zM3 6.8h14M10 12.5v5M7.5 15h5',
  rule: 'M3 10h14M6 5h8M6 15h8',
  search: 'm16.500 16.500-4-4M14 8.500a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0z',
  table: 'M3 4.500h14v11H3zM3 8h14M3 11.800h14M10 8v7.500',
  undo: 'M7 4 3.5 7.5 7 11m-3-3.500h8a4 4 0 0 1 0 8h-2',
  up: 'm5 12 5-5 5 5',
} as const;
export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an icon that takes the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
