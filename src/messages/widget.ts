/**
 * What a widget says of a live document, in every language: one script serves all pages, and a document's language is known only
 * when it is shown.
 */
import type { Language } from './languages.ts';

interface WidgetTexts {
  readonly live: string;
  /** Instead of “Live” while the connection is gone. */
  readonly reconnecting: string;
  /** After a minute: when what is shown was last up to date. The time follows. */
  readonly lastUpdated: string;
}

const TEXTS: Readonly<Record<Language, WidgetTexts>> = {
  en: { live: 'Live', reconnecting: 'Reconnecting…', lastUpdated: 'Last updated ' },
  de: { live: 'Live', reconnecting: 'Verbindung wird wiederhergestellt …', lastUpdated: 'Stand: ' },
  fr: { live: 'En direct', reconnecting: 'Reconnexion…', lastUpdated: 'Dernière mise à jour : ' },
  es: { live: 'En directo', reconnecting: 'Reconectando…', lastUpdated: 'Última actualización: ' },
  ar: { live: 'مباشر', reconnecting: 'جارٍ إعادة الاتصال…', lastUpdated: 'آخر تحديث: ' },
};

/** @param language BCP 47; English where there is no other */
export const widgetTexts = (language: string): WidgetTexts =>
  TEXTS[language.split('-', 1)[0]?.toLowerCase() as Language] ?? TEXTS.en;
