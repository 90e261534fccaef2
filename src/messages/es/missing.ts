/** The page for addresses that lead nowhere, in Spanish. */
import type * as english from '../en/missing.ts';

export const title: typeof english.title = 'Página no encontrada – Stet';

export const texts: typeof english.texts = {
  heading: 'Página no encontrada',
  text: 'Puede que la dirección sea incorrecta o que la página se haya eliminado.',
  home: 'Tus documentos',
};
