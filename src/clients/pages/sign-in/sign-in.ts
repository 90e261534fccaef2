/** The sign-in page. */
import '../styles/base.css';
import '../styles/sign-in.css';
import { api, type Problem } from '../common/api.ts';
import { wordmark } from '../common/brand.ts';
import { rememberUser } from '../common/device-memory.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { currentVisitor, nextHref } from '../common/session.ts';

function explain(problem: Problem): string {
  switch (problem.code) {
    case 'bad_credentials':
      return 'That handle and password do not match. Check both and try again.';
    case 'unreachable':
      return navigator.onLine
        ? 'Stet cannot be reached at the moment. Try again shortly.'
        : 'You are offline. Signing in needs a connection; what you wrote on this device is still here.';
    case 'rate_limited':
      return problem.retryAfterMs === undefined
        ? 'Too many attempts. Wait a little before the next one.'
        : `Too many attempts. Try again in ${Math.max(1, Math.ceil(problem.retryAfterMs / 1000))} seconds.`;
    case 'bad_request':
      return 'A handle is made of small letters, digits, - and _, and begins with a letter.';
    default:
      return problem.message;
  }
}

const handle = h('input', {
  id: 'handle',
  name: 'handle',
  autocomplete: 'username',
  autocapitalize: 'none',
  autocorrect: 'off',
  spellcheck: 'false',
  required: true,
  maxlength: 32,
});
const password = h('input', {
  id: 'password',
  name: 'password',
  type: 'password',
  autocomplete: 'current-password',
  required: true,
  maxlength: 1024,
});
const error = h('p', { class: 'error', role: 'alert', id: 'sign-in-error' });
const submit = h('button', { class: 'button primary', type: 'submit' }, 'Sign in');

async function signIn(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  submit.disabled = true;
  submit.textContent = 'Signing in…';
  fill(error);
  const answer = await api.signIn({ handle: handle.value.trim().toLowerCase(), password: password.value });
  if (answer.ok) {
    rememberUser(answer.value.user);
    location.replace(nextHref(location));
    return;
  }
  submit.disabled = false;
  submit.textContent = 'Sign in';
  fill(error, explain(answer.problem));
  if (answer.problem.code === 'bad_credentials') {
    password.setAttribute('aria-describedby', error.id);
    password.select();
  }
}

fill(
  appRoot(),
  h(
    'form',
    { class: 'sign-in', onsubmit: signIn },
    h('h1', {}, wordmark(), h('span', { class: 'visually-hidden' }, ' – sign in')),
    h('p', { class: 'tagline' }, 'Let it stand.'),
    h('label', { for: 'handle' }, 'Handle'),
    handle,
    h('label', { for: 'password' }, 'Password'),
    password,
    error,
    submit,
  ),
);
handle.focus();

const visitor = await currentVisitor(api);
if (visitor.kind === 'signed-in') location.replace(nextHref(location));
