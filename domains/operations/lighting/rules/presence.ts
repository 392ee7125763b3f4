import type { Reach, Side } from './street-graph.ts';

/** What was understood of somebody who passed a sensor. */
export interface Passage {
	/** Side of the sensor towards which they go; 0: not known, so both. */
	ahead: Side;
	/** Metres a second; a walker's where it is not known. */
	speed: number;
}

const slowest = 0.5;
/** A fast cyclist; what is faster has its own headlamps. */
const fastest = 12;
const walking = 1.2;
/** Between two sensors longer ago than this nobody is taken for the same person. */
const longestMilliseconds = 180_000;
/** A direction once understood holds for a sensor that goes on detecting. */
const keepMilliseconds = 10_000;
/** Light a little behind, so that nobody walks with the dark at their heels. */
export const behindMeters = 15;
/** Somebody fast needs light further ahead: what they ride in so many seconds. */
const aheadSeconds = 12;
/** As far as lamps are ever raised, and as sensors are compared. */
export const reachMeters = 250;

/**
 * Understands passages from detections in the order in which they come. Pure but for its own memory: the same
 * detections at the same times give the same passages.
 */
export function createPassages(reaches: readonly Reach[]) {
	const lastAt = new Float64Array(reaches.length).fill(Number.NEGATIVE_INFINITY);
	const knownAt = new Float64Array(reaches.length).fill(Number.NEGATIVE_INFINITY);
	const known: Passage[] = reaches.map(() => ({ ahead: 0, speed: walking }));

	return {
		/**
		 * @param at milliseconds since 1970
		 * @param direction what the sensor itself knows: towards the end of its segment (1), the start (-1), or nothing (0)
		 */
		detect(sensor: number, at: number, direction: Side): Passage {
			const before = known[sensor];
			const goesOn = before && before.ahead !== 0 && at - (knownAt[sensor] ?? 0) <= keepMilliseconds;
			const inferred = infer(reaches[sensor], lastAt, at);
			const passage: Passage =
				direction !== 0
					? { ahead: direction, speed: inferred.speed }
					: inferred.ahead !== 0 || !goesOn
						? inferred
						: before;
			lastAt[sensor] = at;
			knownAt[sensor] = at;
			known[sensor] = passage;
			return passage;
		},
	};
}

/** Where somebody comes from is where a sensor nearby detected at a time that fits a walk or a ride. */
function infer(reach: Reach | undefined, lastAt: Float64Array, at: number): Passage {
	let came: Side = 0;
	let speed = walking;
	for (const { index, meters, side } of reach?.sensors ?? []) {
		const elapsed = at - (lastAt[index] ?? 0);
		if (elapsed <= 0 || elapsed > longestMilliseconds || side === 0) continue;
		const metersPerSecond = meters / (elapsed / 1000);
		if (metersPerSecond < slowest || metersPerSecond > fastest) continue;
		// Somebody from each side: nobody knows who this is.
		if (came !== 0 && came !== side) return { ahead: 0, speed: walking };
		if (came === 0) {
			came = side;
			speed = metersPerSecond;
		}
	}
	return { ahead: came === 0 ? 0 : (-came as Side), speed };
}

/**
 * Lamps that a passage raises, and until when each is needed: ahead along the streets, across junctions, and a little
 * behind; on both sides when the direction is not known.
 * @param settings of the lamp's own profile; null: presence raises nothing there
 */
export function lampsToRaise(
	reach: Reach,
	{ ahead, speed }: Passage,
	at: number,
	settings: (lamp: number) => { aheadMeters: number; holdSeconds: number } | null,
	raise: (lamp: number, heldUntil: number) => void,
): void {
	for (const { index, meters, side } of reach.lamps) {
		const own = settings(index);
		if (!own) continue;
		const behind = ahead !== 0 && side === -ahead;
		if (meters > (behind ? behindMeters : Math.max(own.aheadMeters, speed * aheadSeconds))) continue;
		raise(index, at + (meters / speed + own.holdSeconds) * 1000);
	}
}
