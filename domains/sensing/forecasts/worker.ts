import { parentPort } from 'node:worker_threads';
import { fit, type Hours, outOfBand } from './model.ts';

export type Request = { id: number } & ({ hours: Hours; horizon: number } | { group: readonly Hours[] });
export type Answer = { id: number; fit?: ReturnType<typeof fit>; outOfBand?: ReturnType<typeof outOfBand> };

parentPort?.on('message', (request: Request) => {
	const answer: Answer =
		'hours' in request
			? { id: request.id, fit: fit(request.hours, request.horizon) }
			: { id: request.id, outOfBand: outOfBand(request.group) };
	parentPort?.postMessage(answer);
});
