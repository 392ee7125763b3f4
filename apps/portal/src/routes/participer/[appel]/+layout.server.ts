import { callOf } from '#lib/server/participation.ts';
import type { LayoutServerLoad } from './$types';

/** Every page of a call has the call. */
export const load: LayoutServerLoad = async ({ locals, params }) => ({
	call: await callOf(locals, params.appel),
});
