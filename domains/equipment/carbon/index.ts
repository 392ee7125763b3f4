import type { Catalogue } from '../catalogue/face.ts';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { createAssumptions } from './assumptions.ts';
import type { Carbon } from './face.ts';
import { createOptions } from './options.ts';

/** Carbon as a part of the room. */
export function createCarbon(
	context: Context,
	{ catalogue }: { catalogue: Catalogue },
): Part & { face: Carbon } {
	return {
		face: {
			ofOption: createOptions(context, catalogue),
			assumptions: createAssumptions(context),
		},
	};
}
