/** Path parameters that several groups share. */
import Type from 'typebox';
import { strict } from '../../../../schemas/http/common.ts';
import { Uuid } from '../../../../schemas/http.ts';

export const noParams = Type.Object({});
/** Not even unknown ones: a misspelt parameter has to be noticed. */
export const noQuery = Type.Object({}, strict);

const byIdOf = (what: string) => Type.Object({ id: idOf(what) });
/** The id of a resource, with what it is the id of. */
export const idOf = (what: string) => Type.String({ ...Uuid, description: `Id of the ${what}` });
export const byId = byIdOf('document');
export const byTokenId = byIdOf('API token');
export const byWebhookId = byIdOf('webhook');
