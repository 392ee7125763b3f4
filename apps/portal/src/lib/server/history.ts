import type { Aggregate, Series } from '@parvis/sensing';
import type { ChartPoint } from '#lib/charts/chart.ts';

export const periods = { jour: 1, semaine: 7, mois: 30, trimestre: 90 } as const;
export type Period = keyof typeof periods;

export interface ChartedSeries {
	series: Series;
	/** How many devices the points stand for together. */
	devices: number;
	points: ChartPoint[];
	shape: 'line' | 'steps' | 'bars';
	intervalSeconds: number;
	forecast: ChartPoint[];
	outliers: ChartPoint[];
	/** Why there is no forecast, in words; null when there is one or none was tried. */
	skipped: string | null;
}

export interface History {
	period: Period;
	from: Date;
	to: Date;
	items: ChartedSeries[];
	/** Properties to choose from, when there are more than are shown at once. */
	properties: { name: string; label: { fr: string; en: string } }[];
	chosen: string | null;
}

interface SeriesAggregates {
	series: Series;
	aggregates: readonly Aggregate[];
}

const hour = 3_600_000;
const day = 24 * hour;
const mostProperties = 3;
const mostDrawnEach = 2;

/** Period and property that the address asks for: `?periode=mois&mesure=temperature`. */
export interface HistoryQuery {
	period: Period;
	property: string | null;
}

export function historyQuery(url: URL): HistoryQuery {
	const period = url.searchParams.get('periode') ?? '';
	return {
		period: Object.hasOwn(periods, period) ? (period as Period) : 'semaine',
		property: url.searchParams.get('mesure'),
	};
}

/** Hours up to a month, days beyond. */
export function rangeOf({ period }: HistoryQuery, now: Date) {
	const days = periods[period];
	return {
		from: new Date(now.getTime() - days * day),
		to: now,
		step: days > 31 ? ('day' as const) : ('hour' as const),
	};
}

/** The history of a place, a chart for each property; many devices that measure the same are drawn as one. */
export async function placeHistory(
	locals: App.Locals,
	placeId: string,
	asked: HistoryQuery,
	now: Date,
): Promise<History> {
	const range = rangeOf(asked, now);
	const found = await locals.rooms.sensing.reading.historyAtPlace(locals.actor, placeId, range);
	return withForecasts(locals, historyOf(found, asked, range));
}

/** Add what is expected and what was not, to the charts of single devices that go by the hour. */
export async function withForecasts(locals: App.Locals, history: History): Promise<History> {
	const { forecasts } = locals.rooms.sensing;
	const items = await Promise.all(
		history.items.map(async (item): Promise<ChartedSeries> => {
			if (item.devices > 1 || item.shape !== 'line' || item.intervalSeconds !== 3600) return item;
			const [forecast, outliers] = await Promise.all([
				forecasts.of(locals.actor, item.series.id),
				forecasts.outliers(locals.actor, item.series.id, history.from, history.to),
			]);
			const made = forecast.ok ? forecast.value : null;
			return {
				...item,
				skipped: made?.skipped
					? locals.platform.messages.t(locals.locale, `sensing.forecast_skipped.${made.skipped}`)
					: null,
				forecast: (made?.points ?? [])
					.filter(({ at }) => at >= new Date(history.to.getTime() - hour))
					.map(({ at, expected, lower, upper }) => ({ at, value: expected, low: lower, high: upper })),
				outliers: outliers.ok ? outliers.value.map(({ at, value }) => ({ at, value })) : [],
			};
		}),
	);
	return { ...history, items };
}

export function historyOf(
	found: readonly SeriesAggregates[],
	asked: HistoryQuery,
	{ from, to, step }: ReturnType<typeof rangeOf>,
): History {
	const groups = [...Map.groupBy(found, ({ series }) => series.property)];
	const chosen = groups.some(([name]) => name === asked.property) ? asked.property : null;
	const shown = chosen ? groups.filter(([name]) => name === chosen) : groups.slice(0, mostProperties);
	return {
		period: asked.period,
		from,
		to,
		chosen,
		properties:
			groups.length > mostProperties
				? groups.flatMap(([name, [first]]) => (first ? [{ name, label: first.series.label }] : []))
				: [],
		items: shown.flatMap(([, group]) =>
			group.length > mostDrawnEach
				? [charted(together(group), group.length, step)]
				: group.map((one) => charted(one, 1, step)),
		),
	};
}

function charted(
	{ series, aggregates }: SeriesAggregates,
	devices: number,
	step: 'hour' | 'day',
): ChartedSeries {
	const amount = series.property === 'precipitation';
	const points = aggregates.map((aggregate): ChartPoint => {
		if (amount) return { at: aggregate.from, value: aggregate.sum };
		if (series.kind === 'measure')
			return {
				at: aggregate.from,
				value: aggregate.average,
				low: aggregate.minimum,
				high: aggregate.maximum,
			};
		return { at: aggregate.from, value: aggregate.last };
	});
	return {
		series,
		devices,
		points,
		shape: amount ? 'bars' : series.kind === 'state' ? 'steps' : 'line',
		intervalSeconds: step === 'hour' ? 3600 : 86_400,
		forecast: [],
		outliers: [],
		skipped: null,
	};
}

/** Several devices as one: the mean of their means, between the lowest and the highest of all. */
function together(group: readonly SeriesAggregates[]): SeriesAggregates {
	const [first] = group;
	if (!first) throw new Error('nothing to draw');
	const steps = Map.groupBy(
		group.flatMap(({ aggregates }) => aggregates),
		(aggregate) => aggregate.from.getTime(),
	);
	const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const aggregates = [...steps]
		.sort(([a], [b]) => a - b)
		.map(([from, parts]) => ({
			from: new Date(from),
			count: parts.reduce((sum, { count }) => sum + count, 0),
			sum: mean(parts.map(({ sum }) => sum)),
			average: mean(parts.map(({ average }) => average)),
			minimum: Math.min(...parts.map(({ minimum }) => minimum)),
			maximum: Math.max(...parts.map(({ maximum }) => maximum)),
			last: mean(parts.map(({ last }) => last)),
		}));
	return { series: first.series, aggregates };
}
