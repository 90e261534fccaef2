/** The home page of strangers, in Arabic. */
import type * as english from '../en/home.ts';
import { number } from './locale.ts';

export const home: typeof english.home = {
  feed: 'الخلاصة',
  pages: 'الصفحات',
  newer: 'الأحدث',
  older: 'الأقدم',
  title: (site, page) => `${site} – صفحة ${number(page)}`,
  empty: 'لم يُنشر شيء بعد.',
};
