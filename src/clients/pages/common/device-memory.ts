/**
 * What this device remembers between visits besides the texts: who is signed in, their list of documents and their role
 * on each, so that a page opened without a server knows whose it is. Hints only: the server decides. Storage may be refused
 * (private windows, full disks); then nothing is remembered and nothing breaks.
 */
import type { User } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import { type SavedList, savedListOf } from './saved-list.ts';

const PREFIX = 'stet:';
const USER = `${PREFIX}user`;
const listKey = (userId: string) => `${PREFIX}list:${userId}`;
const roleKey = (userId: string, documentId: string) => `${PREFIX}role:${userId}:${documentId}`;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // A hint that cannot be kept is one that is asked for again.
  }
}

/** The user who was last signed in on this device, or null. */
export function rememberedUser(): User | null {
  try {
    const user: unknown = JSON.parse(read(USER) ?? 'null');
    const isUser = typeof user === 'object' && user !== null && 'id' in user && 'handle' in user;
    return isUser && typeof user.handle === 'string' ? (user as User) : null;
  } catch {
    return null;
  }
}

/** Remembers who is signed in. */
export function rememberUser(user: User): void {
  write(USER, JSON.stringify(user));
}

/** Forgets all that this module remembers, of every user. */
export function forgetAll(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Nothing could be remembered either.
  }
}

/** The beginning of the user's list of documents as the server last gave it, or null: it was never loaded here. */
export const rememberedDocuments = (userId: string): SavedList | null => savedListOf(read(listKey(userId)));

/** Remembers the beginning of the user's list of documents. */
export function rememberDocuments(userId: string, list: SavedList): void {
  write(listKey(userId), JSON.stringify(list));
}

/** The role that the user had on the document in the server's last answer, or null. */
export function rememberedRole(userId: string, documentId: string): Role | null {
  const role = read(roleKey(userId, documentId));
  return role === 'view' || role === 'edit' || role === 'own' ? role : null;
}

/** Remembers the user's role on a document; null forgets. */
export function rememberRole(userId: string, documentId: string, role: Role | null): void {
  write(roleKey(userId, documentId), role);
}
