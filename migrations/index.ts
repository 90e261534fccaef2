/** Every migration in the order in which it runs. A name, once released, never changes: the database remembers it. */
import { AccountsAndDrafts } from './0001-accounts-and-drafts.ts';

export const MIGRATIONS = [{ name: '0001-accounts-and-drafts', class: AccountsAndDrafts }];
