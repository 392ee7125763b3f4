import { type History, type HistoryQuery, historyOf, rangeOf, withForecasts } from './history.ts';
import { expect } from './pages.ts';

/** The history of each series of a device over the asked period. */
export async function deviceHistory(
	locals: App.Locals,
	deviceId: string,
	asked: HistoryQuery,
	now: Date,
): Promise<History> {
	const { reading } = locals.rooms.sensing;
	const range = rangeOf(asked, now);
	const series = await reading.series(locals.actor, { deviceIds: [deviceId] });
	const found = await Promise.all(
		series.map(async ({ id }) =>
			expect(await reading.aggregates(locals.actor, id, range.step, range.from, range.to)),
		),
	);
	return withForecasts(locals, historyOf(found, asked, range));
}
