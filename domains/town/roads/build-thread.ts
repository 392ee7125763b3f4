import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { buildNetwork, createRouter, networkToBytes, OsmError } from '@parvis/road-network';
import { type RoadReport, roadProfiles } from './face.ts';

export type Built =
	| { ok: true; bytes: Uint8Array<ArrayBuffer>; report: RoadReport }
	| { ok: false; fault: string; detail: string };

async function build(path: string): Promise<Built> {
	try {
		const { network, report } = await buildNetwork(() => createReadStream(path));
		const router = createRouter(network);
		const cutOff = Object.fromEntries(
			roadProfiles.map((profile) => [profile, router.cutOff({ profile })]),
		) as RoadReport['cutOff'];
		return { ok: true, bytes: networkToBytes(network), report: { ...report, cutOff } };
	} catch (error) {
		if (error instanceof OsmError) return { ok: false, fault: error.fault, detail: error.detail };
		throw error;
	}
}

const built = await build(workerData as string);
parentPort?.postMessage(built, built.ok ? [built.bytes.buffer] : []);
