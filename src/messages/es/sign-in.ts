/** The sign-in page, in Spanish. */
import type * as english from '../en/sign-in.ts';
import { number, plural } from './locale.ts';

export const title: typeof english.title = 'Iniciar sesión – Stet';

export const texts: typeof english.texts = {
  heading: ' – Iniciar sesión',
  tagline: 'Inicia sesión en tu cuenta',
  username: 'Nombre de usuario',
  password: 'Contraseña',
  submit: 'Iniciar sesión',
  submitting: 'Iniciando sesión…',
  wrong: 'El nombre de usuario o la contraseña no son correctos.',
  unreachable: 'No se puede conectar con el servidor. Inténtalo de nuevo en un momento.',
  offline:
    'No tienes conexión. Para iniciar sesión necesitas internet. Los cambios hechos en este dispositivo se conservan.',
  tooMany: 'Demasiados intentos. Inténtalo más tarde.',
  tooManyFor: (seconds) =>
    plural(seconds, {
      one: `Demasiados intentos. Inténtalo de nuevo en ${number(seconds)} segundo.`,
      many: `Demasiados intentos. Inténtalo de nuevo en ${number(seconds)} de segundos.`,
      other: `Demasiados intentos. Inténtalo de nuevo en ${number(seconds)} segundos.`,
    }),
  usernameForm:
    'Los nombres de usuario usan letras minúsculas, números, guiones y guiones bajos, y empiezan por una letra.',
  failed: 'Algo ha fallado. Inténtalo de nuevo en un momento.',
};
