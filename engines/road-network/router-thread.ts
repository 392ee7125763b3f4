import { Worker } from 'node:worker_threads';
import type { Matrix, Position, Way } from './router.ts';
import type { Vehicle } from './vehicle.ts';

export interface Question {
	id: number;
	kind: 'matrix' | 'way';
	points: readonly Position[];
	vehicle: Vehicle;
}
export interface Answer {
	id: number;
	value?: Matrix | Way;
	error?: string;
}

/** A router in a thread of its own, so that a large matrix keeps nobody else waiting. */
export interface RouterThread {
	matrix(points: readonly Position[], vehicle: Vehicle): Promise<Matrix>;
	way(points: readonly Position[], vehicle: Vehicle): Promise<Way>;
	/** Whether it can still be asked: a thread that failed is not. */
	readonly alive: boolean;
	/** Questions under way end; then the thread does. */
	stop(): Promise<void>;
}

/** @param bytes of `networkToBytes`; copied */
export function createRouterThread(bytes: Uint8Array): RouterThread {
	const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: bytes });
	const waiting = new Map<number, { resolve(value: Matrix | Way): void; reject(error: Error): void }>();
	let next = 1;
	let alive = true;
	let idle = () => {};
	worker.unref();
	worker.on('message', ({ id, value, error }: Answer) => {
		const asked = waiting.get(id);
		waiting.delete(id);
		if (value) asked?.resolve(value);
		else asked?.reject(new Error(error ?? 'no answer'));
		if (!waiting.size) {
			worker.unref();
			idle();
		}
	});
	const fail = (error: Error) => {
		alive = false;
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
		idle();
	};
	worker.on('error', fail);
	worker.on('exit', () => fail(new Error('the thread of the road network has ended')));

	function ask<T extends Matrix | Way>(
		kind: Question['kind'],
		points: readonly Position[],
		vehicle: Vehicle,
	) {
		return new Promise<T>((resolve, reject) => {
			if (!alive) return reject(new Error('the thread of the road network has ended'));
			const id = next++;
			waiting.set(id, { resolve: (value) => resolve(value as T), reject });
			// A question holds the process open until it is answered; an idle thread does not.
			worker.ref();
			worker.postMessage({ id, kind, points, vehicle } satisfies Question);
		});
	}

	return {
		matrix: (points, vehicle) => ask<Matrix>('matrix', points, vehicle),
		way: (points, vehicle) => ask<Way>('way', points, vehicle),
		get alive() {
			return alive;
		},
		async stop() {
			if (waiting.size) await new Promise<void>((resolve) => (idle = resolve));
			await worker.terminate();
		},
	};
}
