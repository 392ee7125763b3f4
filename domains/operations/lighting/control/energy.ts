import { wattsAt } from '../rules/level.ts';
import type { NightSun } from '../rules/sun.ts';
import { townDay } from '../rules/town-time.ts';
import type { Installation } from './installation.ts';

export interface EnergyOfSegment {
	segmentId: string;
	/** In the town. */
	day: string;
	wattHours: number;
	baselineWattHours: number;
	simulated: boolean;
}

/** What was not watched is not counted, neither as used nor as saved. */
const longestStepMilliseconds = 10_000;

/** Adds up what lamps use, and what they would use at full power from sunset to sunrise (a tunnel all day). */
export function createEnergyMeter({ lamps, segments }: Pick<Installation, 'lamps' | 'segments'>) {
	let day = '';
	let used = new Float64Array(segments.length);
	let baseline = new Float64Array(segments.length);
	const simulated = segments.map(() => false);
	for (const lamp of lamps) simulated[lamp.segment] ||= lamp.simulated;
	let done: EnergyOfSegment[] = [];

	function close(): void {
		for (const [index, { id }] of segments.entries()) {
			const wattHours = used[index] ?? 0;
			const baselineWattHours = baseline[index] ?? 0;
			if (wattHours > 0 || baselineWattHours > 0)
				done.push({
					segmentId: id,
					day,
					wattHours,
					baselineWattHours,
					simulated: simulated[index] ?? false,
				});
		}
		used = new Float64Array(segments.length);
		baseline = new Float64Array(segments.length);
	}

	return {
		/** @param elapsed milliseconds since the last call */
		add(
			elapsed: number,
			sun: NightSun,
			at: number,
			stateOf: (lamp: number) => { level: number; watts: number | null },
		): void {
			const today = townDay(at);
			if (today !== day) {
				if (day) close();
				day = today;
			}
			if (elapsed > longestStepMilliseconds) return;
			const hours = elapsed / 3_600_000;
			const dark = at >= sun.sunset && at < sun.sunrise;
			for (let index = 0; index < lamps.length; index++) {
				const lamp = lamps[index];
				if (!lamp) continue;
				const { segment, watts: full, standbyWatts } = lamp;
				const { level, watts } = stateOf(index);
				const always = segments[segment]?.usage === 'tunnel';
				used[segment] = (used[segment] ?? 0) + (watts ?? wattsAt(level, full, standbyWatts)) * hours;
				baseline[segment] =
					(baseline[segment] ?? 0) + wattsAt(dark || always ? 100 : 0, full, standbyWatts) * hours;
			}
		},

		take(): EnergyOfSegment[] {
			if (day) close();
			const taken = done;
			done = [];
			return taken;
		},
	};
}
