/** The language that the document is in: screen readers, browsers and search engines go by it. The server decides it. */
import type { Document } from '../../../../../schemas/http.ts';
import { LOCALE } from '../../../../messages/en/locale.ts';
import { language as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';

export interface LanguageOptions {
  readonly api: Pick<Api, 'changeDocument'>;
  readonly documentId: string;
  /** It was changed: read it again. */
  readonly onChanged: () => Promise<unknown>;
}

export interface LanguageField {
  readonly element: HTMLElement;
  show(document: Document): void;
}

/** What is offered; a document may be in any other, over the API. */
const LANGUAGES = (
  'af,ar,az,be,bg,bn,bs,ca,cs,cy,da,de,el,en,es,et,eu,fa,fi,fil,fr,ga,gl,gu,he,hi,hr,hu,hy,id,is,it,ja,ka,kk,km,kn,ko,ku,lt,lv,' +
  'mk,ml,mn,mr,ms,mt,my,nb,ne,nl,nn,pa,pl,ps,pt,pt-BR,ro,ru,sk,sl,so,sq,sr,sv,sw,ta,te,th,tr,uk,ur,uz,vi,zh-Hans,zh-Hant,zu'
).split(',');

export function createLanguageField({ api, documentId, onChanged }: LanguageOptions): LanguageField {
  const names = new Intl.DisplayNames([LOCALE], { type: 'language' });
  const nameOf = (tag: string): string => names.of(tag) ?? tag;
  const collator = new Intl.Collator(LOCALE);
  let isChanging = false;
  let shown = '';
  const error = h('p', { class: 'error', role: 'alert' });
  const select = h('select', { id: 'publish-language', onchange: () => void change() });

  function draw(language: string): void {
    const tags = [...new Set([...LANGUAGES, language])];
    const options = tags.toSorted((one, other) => collator.compare(nameOf(one), nameOf(other)));
    fill(select, ...options.map((tag) => h('option', { value: tag }, nameOf(tag))));
    select.value = language;
    shown = language;
  }

  async function change(): Promise<void> {
    const before = shown;
    isChanging = true;
    fill(error);
    select.disabled = true;
    const answer = await api.changeDocument(documentId, { language: select.value });
    await onChanged();
    isChanging = false;
    select.disabled = false;
    if (answer.ok) draw(answer.value.language);
    else {
      draw(before);
      fill(error, problemText(answer.problem));
    }
  }

  const label = h('label', { for: select.id }, texts.label);
  return {
    element: h('div', { class: 'field' }, label, select, error),
    show({ language }) {
      if (!isChanging && shown !== language) draw(language);
    },
  };
}
