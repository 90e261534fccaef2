/** Path parameters that several groups share. */
import Type from 'typebox';
import { strict } from '../../../../schemas/http/common.ts';
import { Uuid } from '../../../../schemas/http.ts';

export const noParams = Type.Object({});
/** Not even unknown ones: a misspelt parameter has to be noticed. */
export const noQuery = Type.Object({}, strict);
export const byId = Type.Object({ id: Uuid });
