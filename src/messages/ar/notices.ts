/** The pages that readers get instead of a document, in Arabic. */
import type * as english from '../en/notices.ts';

export const notices: typeof english.notices = {
  missing: { title: 'الصفحة غير موجودة', text: 'قد يكون العنوان غير صحيح، أو قد تكون الصفحة أُزيلت.' },
  away: { title: 'غير متاح مؤقتًا', text: 'يتعذّر تحميل هذه الصفحة الآن. أعد المحاولة بعد قليل.' },
  broken: { title: 'حدث خطأ ما', text: 'المشكلة من جانبنا. أعد المحاولة لاحقًا.' },
};
