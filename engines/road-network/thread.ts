import { parentPort, workerData } from 'node:worker_threads';
import { networkFromBytes } from './network-bytes.ts';
import { createRouter } from './router.ts';
import type { Answer, Question } from './router-thread.ts';

/** Answers questions on one network, one after the other, off the main thread. */
const router = createRouter(networkFromBytes(workerData as Uint8Array));

parentPort?.on('message', ({ id, kind, points, vehicle }: Question) => {
	try {
		if (kind === 'matrix') {
			const value = router.matrix(points, vehicle);
			const answer: Answer = { id, value };
			parentPort?.postMessage(answer, [
				value.meters.buffer as ArrayBuffer,
				value.seconds.buffer as ArrayBuffer,
			]);
		} else parentPort?.postMessage({ id, value: router.way(points, vehicle) } satisfies Answer);
	} catch (error) {
		parentPort?.postMessage({ id, error: String(error) } satisfies Answer);
	}
});
