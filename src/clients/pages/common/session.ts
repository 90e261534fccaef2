/** Who is signed in, and the way to and from the sign-in page. */
import type { User } from '../../../../schemas/http.ts';
import type { Api } from './api.ts';
import { rememberedUser, rememberUser } from './device-memory.ts';

export type Visitor =
  | { readonly kind: 'signed-in'; readonly user: User }
  | { readonly kind: 'signed-out' }
  /** The server did not answer; `user` is the last one on this device. */
  | { readonly kind: 'unreachable'; readonly user: User | null };

/** The parts of `Location` that are needed here. */
interface PageLocation {
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
}

/** Asks the server who is signed in; never rejects. */
export async function currentVisitor(api: Pick<Api, 'currentSession'>): Promise<Visitor> {
  const answer = await api.currentSession();
  if (answer.ok) {
    rememberUser(answer.value.user);
    return { kind: 'signed-in', user: answer.value.user };
  }
  if (answer.problem.status === 401) return { kind: 'signed-out' };
  return { kind: 'unreachable', user: rememberedUser() };
}

/** Address of the sign-in page that leads back to the present one. */
export function signInHref(location: PageLocation): string {
  const here = location.pathname + location.search;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}

/**
 * Where the sign-in page leads to: `next` if it is a page of this site, else the list. Absolute, because a path that begins
 * with two slashes, as `/.//host` has once it is normalised, names another host when a browser resolves it.
 */
export function nextHref(location: PageLocation): string {
  const list = `${location.origin}/`;
  const next = new URLSearchParams(location.search).get('next');
  if (next === null) return list;
  const target = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  if (target === null || target.origin !== location.origin || target.pathname === '/sign-in') return list;
  return `${location.origin}${target.pathname}${target.search}`;
}
