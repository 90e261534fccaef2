/** The sign-in page. */
import '../styles/base.css';
import '../styles/sign-in.css';
import { texts } from '../../../messages/en/sign-in.ts';
import { api, type Problem } from '../common/api.ts';
import { wordmark } from '../common/brand.ts';
import { rememberUser } from '../common/device-memory.ts';
import { appRoot, fill, h } from '../common/dom.ts';
import { currentVisitor, nextHref } from '../common/session.ts';

function explain(problem: Problem): string {
  switch (problem.code) {
    case 'bad_credentials':
      return texts.wrong;
    case 'unreachable':
      return navigator.onLine ? texts.unreachable : texts.offline;
    case 'rate_limited':
      return problem.retryAfterMs === undefined
        ? texts.tooMany
        : texts.tooManyFor(Math.max(1, Math.ceil(problem.retryAfterMs / 1000)));
    case 'bad_request':
      return texts.usernameForm;
    default:
      return texts.failed;
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
const submit = h('button', { class: 'button primary', type: 'submit' }, texts.submit);

async function signIn(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  submit.disabled = true;
  submit.textContent = texts.submitting;
  fill(error);
  const answer = await api.signIn({ handle: handle.value.trim().toLowerCase(), password: password.value });
  if (answer.ok) {
    rememberUser(answer.value.user);
    location.replace(nextHref(location));
    return;
  }
  submit.disabled = false;
  submit.textContent = texts.submit;
  fill(error, explain(answer.problem));
  if (answer.problem.code === 'bad_credentials') {
    password.setAttribute('aria-describedby', error.id);
    password.select();
  }
}

fill(
  appRoot(),
  h(
    'main',
    {},
    h(
      'form',
      { class: 'sign-in', onsubmit: signIn },
      h('h1', {}, wordmark(), h('span', { class: 'visually-hidden' }, texts.heading)),
      h('p', { class: 'tagline' }, texts.tagline),
      h('label', { for: 'handle' }, texts.username),
      handle,
      h('label', { for: 'password' }, texts.password),
      password,
      error,
      submit,
    ),
  ),
);
handle.focus();

const visitor = await currentVisitor(api);
if (visitor.kind === 'signed-in') location.replace(nextHref(location));
