import type { Format } from '../format.ts';
import { valueScale } from './scale.ts';
import { timeTicks } from './time-ticks.ts';

export interface ChartPoint {
	at: Date;
	value: number;
	/** Lowest and highest around the value: drawn as a band. */
	low?: number;
	high?: number;
}

export interface ChartInput {
	from: Date;
	to: Date;
	/** Oldest first. */
	points: readonly ChartPoint[];
	/** `line` for measures, `steps` for states that hold until they change, `bars` for amounts in an interval. */
	shape: 'line' | 'steps' | 'bars';
	/** Usual time between points: where it is much longer, nothing is drawn. */
	intervalSeconds: number;
	forecast?: readonly ChartPoint[];
	/** Points that do not fit the rest. */
	outliers?: readonly ChartPoint[];
	/** Values at which an alarm is raised. */
	thresholds?: readonly number[];
	decimals?: number;
}

export interface Tick {
	/** Percent of the width, or pixels from the top. */
	position: number;
	label: string;
}

/** What `Chart.svelte` draws. The plot is `plotHeight` pixels high and as wide as its place: x is in thousandths of the width. */
export interface Drawing {
	plotHeight: number;
	valueTicks: Tick[];
	timeTicks: Tick[];
	line: string;
	band: string;
	bars: string;
	forecast: string;
	forecastBand: string;
	outliers: { left: string; top: number }[];
	thresholds: number[];
	empty: boolean;
}

export const plotHeight = 190;
const gapFactor = 2.6;

/** Lay out a chart. Pure: the same input gives the same drawing. */
export function drawChart(input: ChartInput, format: Format): Drawing {
	const { from, to, points, forecast = [], outliers = [], thresholds = [] } = input;
	const inside = (point: ChartPoint) => point.at >= from && point.at <= to && Number.isFinite(point.value);
	const shown = points.filter(inside);
	const ahead = forecast.filter(inside);
	const odd = outliers.filter(inside);
	const all = [...shown, ...ahead, ...odd];
	const empty = shown.length === 0 && ahead.length === 0;
	const values = all.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
	if (input.shape === 'bars') values.push(0);
	const lowest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
	const highest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
	const scale = empty ? valueScale(0, 1) : valueScale(lowest, highest);
	const range = to.getTime() - from.getTime();
	const x = (at: Date) => ((at.getTime() - from.getTime()) / range) * 1000;
	const y = (value: number) => plotHeight - ((value - scale.low) / (scale.high - scale.low)) * plotHeight;
	const runs = runsOf(shown, input.intervalSeconds);
	const aheadRuns = runsOf(ahead, input.intervalSeconds);
	const ticks = timeTicks(from, to);
	const timeLabel = { hour: format.time, day: format.shortDate, month: format.shortDate }[ticks.unit];

	return {
		plotHeight,
		empty,
		valueTicks: scale.ticks.map((value) => ({
			position: round(y(value)),
			label: format.number(value, scale.decimals),
		})),
		timeTicks: ticks.at.map((at) => ({ position: round(x(at) / 10), label: timeLabel(at) })),
		line:
			input.shape === 'bars' ? '' : runs.map((run) => linePath(run, x, y, input.shape === 'steps')).join(''),
		bars: input.shape === 'bars' ? barsPath(shown, input.intervalSeconds, range, x, y) : '',
		band: runs.map((run) => bandPath(run, x, y)).join(''),
		forecast: aheadRuns.map((run) => linePath(run, x, y, false)).join(''),
		forecastBand: aheadRuns.map((run) => bandPath(run, x, y)).join(''),
		outliers: odd.map((point) => ({ left: `${round(x(point.at) / 10)}%`, top: round(y(point.value)) })),
		thresholds: thresholds
			.filter((value) => value >= scale.low && value <= scale.high)
			.map((value) => round(y(value))),
	};
}

/** Cut where nothing was heard for much longer than usual: a line over a gap would tell what nobody measured. */
export function runsOf<Point extends { at: Date }>(
	points: readonly Point[],
	intervalSeconds: number,
): Point[][] {
	const runs: Point[][] = [];
	let previous: Point | undefined;
	for (const point of points) {
		const last = runs.at(-1);
		const apart = previous ? (point.at.getTime() - previous.at.getTime()) / 1000 : 0;
		if (!last || apart > intervalSeconds * gapFactor) runs.push([point]);
		else last.push(point);
		previous = point;
	}
	return runs;
}

type Axis<Value> = (value: Value) => number;

function linePath(run: readonly ChartPoint[], x: Axis<Date>, y: Axis<number>, steps: boolean): string {
	const [first, ...rest] = run;
	if (!first) return '';
	let path = `M${round(x(first.at))} ${round(y(first.value))}`;
	// A single point would have no length to draw.
	if (!rest.length) return `${path}h2`;
	for (const point of rest)
		path += steps
			? `H${round(x(point.at))}V${round(y(point.value))}`
			: `L${round(x(point.at))} ${round(y(point.value))}`;
	return path;
}

function bandPath(run: readonly ChartPoint[], x: Axis<Date>, y: Axis<number>): string {
	const edges = run.filter((point) => point.low !== undefined && point.high !== undefined);
	if (edges.length < 2) return '';
	const upper = edges.map((point) => `${round(x(point.at))} ${round(y(point.high ?? point.value))}`);
	const lower = edges
		.toReversed()
		.map((point) => `${round(x(point.at))} ${round(y(point.low ?? point.value))}`);
	return `M${upper.join('L')}L${lower.join('L')}Z`;
}

function barsPath(
	points: readonly ChartPoint[],
	intervalSeconds: number,
	range: number,
	x: Axis<Date>,
	y: Axis<number>,
): string {
	const width = Math.max(1, ((intervalSeconds * 1000) / range) * 1000 * 0.8);
	const ground = y(0);
	return points
		.filter(({ value }) => value !== 0)
		.map(
			(point) =>
				`M${round(x(point.at))} ${round(ground)}V${round(y(point.value))}h${round(width)}V${round(ground)}Z`,
		)
		.join('');
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
