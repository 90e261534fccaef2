/** Path parameters that several groups share. */
import Type from 'typebox';
import { Uuid } from '../../../schemas/http.ts';

export const noParams = Type.Object({});
export const noQuery = Type.Object({});
export const byId = Type.Object({ id: Uuid });
