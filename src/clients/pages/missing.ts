/** The page for addresses where there is nothing. */
import './styles/base.css';
import { texts } from '../../messages/en/missing.ts';
import { appRoot, fill, h } from './common/dom.ts';
import { noticePage } from './common/notice.ts';

fill(appRoot(), noticePage(texts.heading, texts.text, h('a', { class: 'button primary', href: '/' }, texts.home)));
