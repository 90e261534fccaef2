/** The sign-in page, in Arabic. */
import type * as english from '../en/sign-in.ts';
import { number, plural } from './locale.ts';

export const title: typeof english.title = 'تسجيل الدخول – Stet';

export const texts: typeof english.texts = {
  heading: ' – تسجيل الدخول',
  tagline: 'سجّل الدخول إلى حسابك',
  username: 'اسم المستخدم',
  password: 'كلمة المرور',
  submit: 'تسجيل الدخول',
  submitting: 'جارٍ تسجيل الدخول…',
  wrong: 'اسم المستخدم أو كلمة المرور غير صحيحة.',
  unreachable: 'تعذّر الاتصال بالخادم. أعد المحاولة بعد قليل.',
  offline: 'أنت غير متصل بالإنترنت. يتطلب تسجيل الدخول اتصالًا. تبقى التغييرات محفوظة على هذا الجهاز.',
  tooMany: 'محاولات كثيرة جدًا. أعد المحاولة لاحقًا.',
  tooManyFor: (seconds) =>
    plural(seconds, {
      zero: 'محاولات كثيرة جدًا. أعد المحاولة الآن.',
      one: 'محاولات كثيرة جدًا. أعد المحاولة بعد ثانية واحدة.',
      two: 'محاولات كثيرة جدًا. أعد المحاولة بعد ثانيتين.',
      few: `محاولات كثيرة جدًا. أعد المحاولة بعد ${number(seconds)} ثوانٍ.`,
      many: `محاولات كثيرة جدًا. أعد المحاولة بعد ${number(seconds)} ثانية.`,
      other: `محاولات كثيرة جدًا. أعد المحاولة بعد ${number(seconds)} ثانية.`,
    }),
  usernameForm: 'يتكوّن اسم المستخدم من أحرف لاتينية صغيرة وأرقام وواصلات وشرطات سفلية، ويبدأ بحرف.',
  failed: 'حدث خطأ ما. أعد المحاولة بعد قليل.',
};
