import { buildExtract } from '../../../apps/demo-town/extract.ts';
import {
	buildNetwork,
	createRouter,
	networkFromBytes,
	networkToBytes,
	type Position,
	type Router,
} from '../index.ts';
import { type Extract, opening, toPbf } from '../testing.ts';

const side = 316;
const car = { profile: 'car' } as const;

/** A town of 316 × 316 crossings: every tenth street is wide, every fourth goes one way. */
function grid(): Extract {
	const at = (x: number, y: number) => y * side + x + 1;
	const line = (id: number, nodes: number[], i: number, oneWay: string) => ({
		id,
		nodes,
		tags: {
			highway: i % 10 ? 'residential' : 'secondary',
			...(i % 4 === 1 && { oneway: oneWay }),
		},
	});
	const numbers = Array.from({ length: side }, (_, i) => i);
	return {
		nodes: numbers.flatMap((y) => numbers.map((x) => ({ id: at(x, y), x, y }))),
		ways: numbers.flatMap((i) => [
			line(
				i * 2 + 1,
				numbers.map((x) => at(x, i)),
				i,
				'yes',
			),
			line(
				i * 2 + 2,
				numbers.map((y) => at(i, y)),
				i,
				'-1',
			),
		]),
	};
}

function timed<T>(work: () => T): { value: T; milliseconds: number } {
	const start = performance.now();
	const value = work();
	return { value, milliseconds: performance.now() - start };
}

const text = (milliseconds: number) =>
	`${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

function matrices(
	router: Router,
	[west, south, east, north]: readonly number[],
	sizes: readonly number[],
): void {
	const spread = (n: number): Position[] =>
		Array.from({ length: n }, (_, i) => [
			(west ?? 0) + (((i * 0.618_034) % 1) * 0.8 + 0.1) * ((east ?? 0) - (west ?? 0)),
			(south ?? 0) + (((i * 0.754_878) % 1) * 0.8 + 0.1) * ((north ?? 0) - (south ?? 0)),
		]);
	const first = timed(() => router.snap(spread(1)[0] ?? [0, 0], car));
	console.log(`  what a car may do, worked out once   ${text(first.milliseconds)}`);
	for (const size of sizes) {
		const { milliseconds } = timed(() => router.matrix(spread(size), car));
		console.log(
			`  matrix ${String(size).padStart(3)} × ${String(size).padEnd(3)}                   ${text(milliseconds)}, ${text(milliseconds / size)} a row`,
		);
	}
}

async function measure(name: string, bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
	const start = performance.now();
	const { network, report } = await buildNetwork(opening(bytes, 65_536));
	const built = performance.now() - start;
	console.log(
		`${name}: ${report.nodes} nodes, ${report.edges} edges, ${report.restrictions.kept} turn restrictions, ${Math.round(report.kilometers)} km`,
	);
	console.log(
		`  read and built                       ${text(built)}, ${(bytes.length / 1e6 / (built / 1000)).toFixed(1)} MB/s, ${Math.round(report.nodes / built)}k nodes/s`,
	);
	const packed = timed(() => networkToBytes(network));
	const unpacked = timed(() => createRouter(networkFromBytes(packed.value)));
	console.log(
		`  kept as bytes                        ${(packed.value.length / 1e6).toFixed(1)} MB in ${text(packed.milliseconds)}, loaded in ${text(unpacked.milliseconds)}`,
	);
	matrices(unpacked.value, report.bounds, sizes);
}

/** `./parvis bench roads`: reading, building, loading, matrices, on the demonstration town and on a grid of 100,000 crossings. */
export async function run(): Promise<void> {
	await measure('demonstration town (XML)', new TextEncoder().encode(buildExtract()), [100, 300]);
	await measure('grid (PBF)', await toPbf(grid()), [100, 300]);
}
