/** Texts that several pages share, in Arabic. */
import type * as english from '../en/common.ts';
import { number, plural } from './locale.ts';

export const name: typeof english.name = 'Stet';
export const untitled: typeof english.untitled = 'بلا عنوان';
export const noscript: typeof english.noscript = 'فعّل JavaScript لاستخدام Stet.';

export const actions: typeof english.actions = {
  cancel: 'إلغاء',
  close: 'إغلاق',
  done: 'تم',
  undo: 'تراجع',
  tryAgain: 'أعد المحاولة',
  signIn: 'تسجيل الدخول',
  yourDocuments: 'مستنداتك',
  homePage: 'الصفحة الرئيسية',
};

export const copy: typeof english.copy = {
  copied: 'تم النسخ',
  byHand: 'تم التحديد – انسخه الآن',
};

export const times: typeof english.times = { justNow: 'الآن' };

export const counts: typeof english.counts = {
  views: (count) =>
    plural(count, {
      zero: 'لا مشاهدات',
      one: 'مشاهدة واحدة',
      two: 'مشاهدتان',
      few: `${number(count)} مشاهدات`,
      many: `${number(count)} مشاهدة`,
      other: `${number(count)} مشاهدة`,
    }),
  readers: (count) =>
    plural(count, {
      zero: 'لا قرّاء',
      one: 'قارئ واحد',
      two: 'قارئان',
      few: `${number(count)} قرّاء`,
      many: `${number(count)} قارئًا`,
      other: `${number(count)} قارئ`,
    }),
};
