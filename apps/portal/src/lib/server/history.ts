import type { Aggregate, Series } from '@parvis/sensing';
import type { ChartPoint } from '#lib/charts/chart.ts';

export const periods = { jour: 1, semaine: 7, mois: 30, trimestre: 90 } as const;
export type Period = keyof typeof periods;

export interface SeriesHistory {
	series: Series;
	points: ChartPoint[];
	shape: 'line' | 'steps' | 'bars';
	intervalSeconds: number;
}

export interface History {
	period: Period;
	from: Date;
	to: Date;
	items: SeriesHistory[];
}

const day = 86_400_000;

export function periodOf(text: string | null): Period {
	return text !== null && Object.hasOwn(periods, text) ? (text as Period) : 'semaine';
}

/** The last days of a place's series: hours up to a month, days beyond. */
export async function loadHistory(
	locals: App.Locals,
	placeId: string,
	asked: string | null,
	now: Date,
): Promise<History> {
	const period = periodOf(asked);
	const days = periods[period];
	const from = new Date(now.getTime() - days * day);
	const step = days > 31 ? 'day' : 'hour';
	const series = await locals.rooms.sensing.reading.historyAtPlace(locals.actor, placeId, {
		from,
		to: now,
		step,
	});
	return { period, from, to: now, items: series.map((item) => historyOf(item, step)) };
}

export function historyOf(
	{ series, aggregates }: { series: Series; aggregates: readonly Aggregate[] },
	step: 'hour' | 'day',
): SeriesHistory {
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
		points,
		shape: amount ? 'bars' : series.kind === 'state' ? 'steps' : 'line',
		intervalSeconds: step === 'hour' ? 3600 : 86_400,
	};
}
