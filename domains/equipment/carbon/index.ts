import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Carbon } from './face.ts';

/** Carbon as a part of the room. */
export function createCarbon(_context: Context): Part & { face: Carbon } {
	return {
		face: {
			async ofOption() {
				return null;
			},
		},
	};
}
