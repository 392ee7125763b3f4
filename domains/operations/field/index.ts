import type { Context } from '../context.ts';
import type { Photos } from '../interventions/face.ts';
import type { Part } from '../part.ts';
import { createFieldApi } from './api.ts';
import { createDay } from './day.ts';
import { createDispatch, type Work } from './dispatch.ts';
import type { Field } from './face.ts';
import { createFieldPersonalData } from './personal-data.ts';
import { createFieldPhotos } from './photos.ts';
import { createPositions } from './positions.ts';
import { defineForgetting } from './retention.ts';
import { createSync } from './sync.ts';

export type * from './face.ts';

/** The agents' phones: their day, what they send, where their vehicles are. */
export function createField(
	context: Context,
	work: Work & { photos: Photos; today(): string },
): Part & { face: Field } {
	const { listening, close, ...positions } = createPositions(context, work.rounds);
	const face: Field = {
		day: createDay(context, work, work.today),
		sync: createSync(context, createDispatch(work)),
		keepPhoto: createFieldPhotos(context, work, work.photos),
		...positions,
	};
	defineForgetting(context);
	context.platform.personalData.offer('operations.field', createFieldPersonalData(context));
	return {
		face,
		api: createFieldApi(context.platform, face, close),
		async start(roles) {
			if (roles.has('web')) await listening.start();
		},
		async stop() {
			close();
			await listening.stop();
		},
	};
}
