/** The page for addresses where there is nothing. */
import './styles/base.css';
import { appRoot, fill, h } from './common/dom.ts';
import { notice } from './common/notice.ts';

fill(
  appRoot(),
  notice(
    'There is nothing here',
    'The address may be mistyped, or what it led to is gone.',
    h('a', { class: 'button primary', href: '/' }, 'Your documents'),
  ),
);
