/** A day of work in seconds since midnight in the town. */
export interface DayFrame {
	from: number;
	breakFrom: number | null;
	breakSeconds: number;
}

/**
 * When each visit of a day begins and ends, in the order given: one after the other from the start of the day, the break as
 * soon as its time has come.
 * @param drives seconds to drive to each visit
 */
export function layOutDay(
	frame: DayFrame,
	visits: readonly { driveSeconds: number; serviceSeconds: number; notBefore?: number | null }[],
): { start: number; end: number }[] {
	let clock = frame.from;
	let rested = frame.breakFrom === null || frame.breakSeconds === 0;
	return visits.map(({ driveSeconds, serviceSeconds, notBefore }) => {
		clock += Number.isFinite(driveSeconds) ? driveSeconds : 0;
		if (!rested && frame.breakFrom !== null && clock >= frame.breakFrom) {
			clock += frame.breakSeconds;
			rested = true;
		}
		const start = Math.max(clock, notBefore ?? 0);
		clock = start + serviceSeconds;
		return { start, end: clock };
	});
}

/** `08:30` in seconds since midnight. */
export function secondsOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 3600 + minutes * 60;
}

/** The length of a tour from `start` (or the first visit) through the visits and back, over an n × n matrix. */
export function tourMeters(
	meters: ArrayLike<number>,
	size: number,
	start: number | null,
	visits: readonly number[],
): number {
	const stops = start === null ? visits : [start, ...visits, start];
	let sum = 0;
	for (let i = 1; i < stops.length; i++) {
		const leg = meters[(stops[i - 1] ?? 0) * size + (stops[i] ?? 0)] ?? 0;
		if (Number.isFinite(leg)) sum += leg;
	}
	return sum;
}
