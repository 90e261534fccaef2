/**
 * What a widget says of a live document, and of one that is not there, in every language: one script serves all pages, and a
 * document's language is known only when it is shown.
 */
import { missing as ar } from './ar/widget.ts';
import { missing as de } from './de/widget.ts';
import { missing as en } from './en/widget.ts';
import { missing as es } from './es/widget.ts';
import { missing as fr } from './fr/widget.ts';
import type { Language } from './languages.ts';

interface WidgetTexts {
  readonly live: string;
  /** Instead of “Live” while the connection is gone. */
  readonly reconnecting: string;
  /** After a minute: when what is shown was last up to date. The time follows. */
  readonly lastUpdated: string;
  /** Instead of the document. */
  readonly missing: string;
}

const TEXTS: Readonly<Record<Language, WidgetTexts>> = {
  en: { live: 'Live', reconnecting: 'Reconnecting…', lastUpdated: 'Last updated ', missing: en },
  de: { live: 'Live', reconnecting: 'Verbindung wird wiederhergestellt …', lastUpdated: 'Stand: ', missing: de },
  fr: { live: 'En direct', reconnecting: 'Reconnexion…', lastUpdated: 'Dernière mise à jour : ', missing: fr },
  es: { live: 'En directo', reconnecting: 'Reconectando…', lastUpdated: 'Última actualización: ', missing: es },
  ar: { live: 'مباشر', reconnecting: 'جارٍ إعادة الاتصال…', lastUpdated: 'آخر تحديث: ', missing: ar },
};

/** The language of the texts for a tag (BCP 47); English where there is no other. */
export function widgetLanguage(tag: string): Language {
  const language = tag.split('-', 1)[0]?.toLowerCase() ?? '';
  return Object.hasOwn(TEXTS, language) ? (language as Language) : 'en';
}

/** @param language BCP 47 */
export const widgetTexts = (language: string): WidgetTexts => TEXTS[widgetLanguage(language)];
