/** What stands around the text of a published document, in Arabic. */
import type * as english from '../en/reading.ts';
import { number, plural } from './locale.ts';

export const page: typeof english.page = {
  byline: (author, dates) => `بقلم ${author} · ${dates}`,
  live: 'مباشر',
};

export const updated: typeof english.updated = ' · آخر تحديث: ';

export const frame: typeof english.frame = {
  reconnecting: 'جارٍ إعادة الاتصال…',
  lastUpdated: (time) => `آخر تحديث: ${time}`,
  readers: (count) =>
    plural(count, {
      zero: 'لا أحد يقرأ الآن',
      one: 'شخص واحد يقرأ الآن',
      two: 'شخصان يقرآن الآن',
      few: `${number(count)} أشخاص يقرؤون الآن`,
      many: `${number(count)} شخصًا يقرؤون الآن`,
      other: `${number(count)} شخص يقرؤون الآن`,
    }),
  gone: {
    title: 'لم تعد هذه الصفحة متاحة',
    text: 'أُلغي نشرها، أو لم يعد لديك حق الوصول إليها.',
  },
};
