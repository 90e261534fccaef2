/** The pages that readers get instead of a document, in Spanish. */
import type * as english from '../en/notices.ts';

export const notices: typeof english.notices = {
  missing: {
    title: 'Página no encontrada',
    text: 'Puede que la dirección sea incorrecta o que la página se haya retirado.',
  },
  away: {
    title: 'No disponible por el momento',
    text: 'Esta página no se puede cargar ahora. Inténtalo de nuevo en un momento.',
  },
  broken: { title: 'Algo ha fallado', text: 'El problema es nuestro. Inténtalo más tarde.' },
};
