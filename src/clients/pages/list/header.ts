/** The list's header: the wordmark, who is signed in, and the way out. */
import type { User } from '../../../../schemas/http.ts';
import { texts } from '../../../messages/en/list.ts';
import type { Api } from '../common/api.ts';
import { wordmark } from '../common/brand.ts';
import { forgetAll } from '../common/device-memory.ts';
import { fill, h } from '../common/dom.ts';
import { hueClass, initials } from '../common/people.ts';

export interface ListHeader {
  readonly element: HTMLElement;
  setUser(user: User): void;
}

export function listHeader(api: Pick<Api, 'signOut'>): ListHeader {
  const account = h('div', { class: 'account' });
  const element = h('header', { class: 'site-header' }, h('a', { href: '/', class: 'home' }, wordmark()), account);

  async function signOut(): Promise<void> {
    const answer = await api.signOut();
    // 401: the session was over already, which is what was asked for.
    if (!answer.ok && answer.problem.status !== 401) {
      leave.textContent = texts.signOutFailed;
      return;
    }
    forgetAll();
    location.assign('/sign-in');
  }
  const leave = h('button', { class: 'button quiet', type: 'button', onclick: signOut }, texts.signOut);

  return {
    element,
    setUser(user) {
      const avatar = h('span', { class: `avatar ${hueClass(user.handle)}`, 'aria-hidden': 'true' });
      avatar.textContent = initials(user.handle);
      fill(account, avatar, h('span', { class: 'handle' }, user.handle), leave);
    },
  };
}
