const timeZone = 'Europe/Paris';
const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
const hour = 3_600_000;
const day = 24 * hour;

/** Clock reading in the town at an instant, as if it were UTC. */
function wallTime(at: Date): number {
	return Date.parse(`${wall.format(at).replace(' ', 'T')}Z`);
}

/** The instant at which the town's clock shows this reading. */
function instantOf(reading: number): Date {
	const guess = new Date(reading - hour);
	return new Date(reading - (wallTime(guess) - guess.getTime()));
}

/** Midnight in the town at or before an instant. */
export function startOfDay(at: Date): Date {
	return instantOf(Math.floor(wallTime(at) / day) * day);
}

export interface TimeTicks {
	at: Date[];
	/** What a label has to tell apart. */
	unit: 'hour' | 'day' | 'month';
}

const steps: readonly { milliseconds: number; unit: TimeTicks['unit'] }[] = [
	{ milliseconds: hour, unit: 'hour' },
	{ milliseconds: 3 * hour, unit: 'hour' },
	{ milliseconds: 6 * hour, unit: 'hour' },
	{ milliseconds: day, unit: 'day' },
	{ milliseconds: 2 * day, unit: 'day' },
	{ milliseconds: 7 * day, unit: 'day' },
	{ milliseconds: 14 * day, unit: 'day' },
	{ milliseconds: 30 * day, unit: 'month' },
	{ milliseconds: 91 * day, unit: 'month' },
	{ milliseconds: 365 * day, unit: 'month' },
];

/** Round hours, midnights or firsts of the month in [from, to], at most `most` of them. */
export function timeTicks(from: Date, to: Date, most = 8): TimeTicks {
	const range = to.getTime() - from.getTime();
	const step = steps.find(({ milliseconds }) => range / milliseconds <= most) ?? {
		milliseconds: 365 * day,
		unit: 'month' as const,
	};
	const at: Date[] = [];
	if (step.unit === 'month') {
		const months = Math.max(1, Math.round(step.milliseconds / (30 * day)));
		const start = new Date(wallTime(from));
		for (let month = start.getUTCMonth(), n = 0; n < 1000; month += 1, n++) {
			const instant = instantOf(Date.UTC(start.getUTCFullYear(), month, 1));
			if (instant > to) break;
			if (instant >= from && month % months === 0) at.push(instant);
		}
		return { at, unit: step.unit };
	}
	// Counted on the town's clock: midnights stay midnights when summer time begins or ends.
	const first = Math.ceil(wallTime(from) / step.milliseconds) * step.milliseconds;
	for (let reading = first; ; reading += step.milliseconds) {
		const instant = instantOf(reading);
		if (instant > to) break;
		if (instant >= from) at.push(instant);
	}
	return { at, unit: step.unit };
}
