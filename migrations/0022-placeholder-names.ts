/**
 * Names that were made for documents without a title follow the title from now on, as long as nothing was published: `untitled-` and
 * six characters, which nobody chooses. Apart from the step before, which locks the table.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents validate constraint documents_name_check`,
  `update documents set made_name = coalesce(name, slug)
    where coalesce(name, slug) ~ '^untitled-[0-9a-z]{6}$' and published_revision is null and taken_back = 0`,
];

export class PlaceholderNames extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
