import { z } from 'zod';

const duration = z
	.number()
	.int()
	.min(0)
	.max(7 * 86_400)
	.default(0);

/** What has to hold for an alarm; values in the series' unit. */
export const conditionSchema = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('above'),
		threshold: z.number(),
		/** It ends only when the value is this much below the threshold. */
		hysteresis: z.number().min(0).default(0),
		/** It has to hold without a break for so long. */
		durationSeconds: duration,
	}),
	z.strictObject({
		kind: z.literal('below'),
		threshold: z.number(),
		hysteresis: z.number().min(0).default(0),
		durationSeconds: duration,
	}),
	z.strictObject({
		/** Change from one observation to the next, up or down, by more than so much an hour. */
		kind: z.literal('rate'),
		perHour: z.number().positive(),
		durationSeconds: duration,
	}),
	z.strictObject({
		/** Nothing heard for so many of the device's expected intervals. */
		kind: z.literal('silence'),
		intervals: z.number().min(1).max(1000).default(3),
	}),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** Hours of the town's clock in which a rule counts: outside them it does not hold. */
export const scheduleSchema = z.strictObject({
	/** 1 Monday to 7 Sunday. */
	days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
	/** `HH:MM`; when `to` is earlier than `from` it goes on past midnight, and the day is that of its beginning. */
	from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
	to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** Where a rule stands after the observations it has seen; instants in milliseconds. */
export interface AlarmState {
	active: boolean;
	/** Since when the condition holds without a break; null while it does not. */
	holdsSince: number | null;
	lastAt: number | null;
	lastValue: number | null;
}

export const restingState: AlarmState = { active: false, holdsSince: null, lastAt: null, lastValue: null };

export interface Observation {
	at: number;
	value: number;
}

export interface Transition {
	kind: 'raise' | 'clear';
	at: number;
	value: number;
}

const clock = new Intl.DateTimeFormat('en-GB', {
	timeZone: 'Europe/Paris',
	weekday: 'short',
	hour: '2-digit',
	minute: '2-digit',
	hour12: false,
});
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const minutesOf = (text: string) => {
	const [hours = 0, minutes = 0] = text.split(':').map(Number);
	return hours * 60 + minutes;
};

/** Whether an instant falls within the schedule, by the clock of Paris. */
export function isWithin(schedule: Schedule | null, at: number): boolean {
	if (!schedule) return true;
	const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
	const day = weekdays.indexOf(parts.weekday ?? '') + 1;
	const now = (Number(parts.hour) % 24) * 60 + Number(parts.minute);
	const [from, to] = [minutesOf(schedule.from), minutesOf(schedule.to)];
	if (from < to) return schedule.days.includes(day) && now >= from && now < to;
	const dayBefore = day === 1 ? 7 : day - 1;
	return (schedule.days.includes(day) && now >= from) || (schedule.days.includes(dayBefore) && now < to);
}

/** Whether the condition holds at an observation, given where the rule stood before. */
function holds(condition: Condition, state: AlarmState, { at, value }: Observation): boolean {
	// Within the band of the hysteresis what was keeps being.
	const held = state.active || state.holdsSince !== null;
	switch (condition.kind) {
		case 'above':
			return value > condition.threshold - (held ? condition.hysteresis : 0);
		case 'below':
			return value < condition.threshold + (held ? condition.hysteresis : 0);
		case 'rate': {
			if (state.lastAt === null || state.lastValue === null || at <= state.lastAt) return false;
			return Math.abs(value - state.lastValue) / ((at - state.lastAt) / 3_600_000) > condition.perHour;
		}
		case 'silence':
			return false;
	}
}

/** Take one observation, later than all before, into account. */
export function step(
	condition: Condition,
	schedule: Schedule | null,
	state: AlarmState,
	observation: Observation,
): { state: AlarmState; transition: Transition | null } {
	const { at, value } = observation;
	const now = isWithin(schedule, at) && holds(condition, state, observation);
	const holdsSince = now ? (state.holdsSince ?? at) : null;
	const wait = condition.kind === 'silence' ? 0 : condition.durationSeconds * 1000;
	const active = now && (state.active || at - (holdsSince ?? at) >= wait);
	const transition: Transition | null =
		active === state.active ? null : { kind: active ? 'raise' : 'clear', at, value };
	return { state: { active, holdsSince, lastAt: at, lastValue: value }, transition };
}

/** Take observations into account in the order of their instants, whatever order they are given in. */
export function fold(
	condition: Condition,
	schedule: Schedule | null,
	from: AlarmState,
	observations: readonly Observation[],
): { state: AlarmState; transitions: Transition[] } {
	let state = from;
	const transitions: Transition[] = [];
	for (const observation of observations.toSorted((a, b) => a.at - b.at)) {
		const next = step(condition, schedule, state, observation);
		state = next.state;
		if (next.transition) transitions.push(next.transition);
	}
	return { state, transitions };
}
