import { type History, historyOf, periodOf, periods } from './history.ts';
import { expect } from './pages.ts';

const day = 86_400_000;

/** The history of each series of a device over the asked period. */
export async function deviceCharts(
	locals: App.Locals,
	deviceId: string,
	asked: string | null,
	now: Date,
): Promise<History> {
	const { reading } = locals.rooms.sensing;
	const period = periodOf(asked);
	const from = new Date(now.getTime() - periods[period] * day);
	const step = periods[period] > 31 ? 'day' : 'hour';
	const series = await reading.series(locals.actor, { deviceIds: [deviceId] });
	const items = await Promise.all(
		series.map(async ({ id }) =>
			historyOf(expect(await reading.aggregates(locals.actor, id, step, from, now)), step),
		),
	);
	return { period, from, to: now, items };
}
