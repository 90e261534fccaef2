/** The page for addresses that lead nowhere, in Arabic. */
import type * as english from '../en/missing.ts';

export const title: typeof english.title = 'الصفحة غير موجودة – Stet';

export const texts: typeof english.texts = {
  heading: 'الصفحة غير موجودة',
  text: 'قد يكون العنوان غير صحيح، أو قد تكون الصفحة حُذفت.',
  home: 'مستنداتك',
};
