import type { Day, ForecastDay } from '../face.ts';
import { addDays, daysBetween, weekdayOf } from './days.ts';
import { gammaOf } from './gamma.ts';

/**
 * What comes into a container on a day is a gamma variable: mean = own rate × weekday × month × event, with a coefficient of
 * variation of its own. Rates, weekdays and dispersion are shrunk towards those of the other containers of the flow (empirical
 * Bayes: Efron & Morris, JASA 70, 1975), the more the less is known of the container itself; newer days weigh more.
 */
export interface InflowHistory {
	id: string;
	volumeLiters: number;
	/** Oldest first. */
	inflow: readonly { day: Day; liters: number; censored: boolean }[];
}

export interface ContainerModel {
	litersPerDay: number;
	/** Standard deviation of what is not known of that rate. */
	litersPerDaySpread: number;
	/** By ISO weekday − 1; mean 1. */
	weekday: readonly number[];
	/** By month − 1; 1 everywhere until a year is known. */
	month: readonly number[];
	/** Squared coefficient of variation of one day. */
	dispersion: number;
}

export interface FlowModel {
	/** Of one that nothing is known of. */
	unknown(volumeLiters: number): ContainerModel;
	containers: ReadonlyMap<string, ContainerModel>;
}

/** How much more than usual comes to a container on a day: 1 without an event. */
export type EventFactor = (containerId: string, day: Day) => number;

const halfLifeDays = 28;
/** Days of own history that weigh as much as what the flow says. */
const weekdayPriorDays = 12;
const dispersionPriorDays = 10;
const monthPriorDays = 60;
const yearDays = 330;
/** Where a flow has no history at all: a tenth of the volume a day, give or take as much again. */
const assumedShare = 0.1;
const assumedDispersion = 0.5;
/** A rate changes by about this share from day to day, beyond what the weeks repeat. */
const driftPerDay = 0.015;

const flat = (length: number) => new Array<number>(length).fill(1);
const monthOf = (day: Day) => Number(day.slice(5, 7)) - 1;

interface Known {
	id: string;
	volumeLiters: number;
	days: {
		weekday: number;
		month: number;
		liters: number;
		weight: number;
		event: number;
		censored: boolean;
	}[];
	weight: number;
}

/**
 * Fit the containers of one flow on their days before `today`.
 * @param histories of all containers of the flow, with or without history
 */
export function fitFlow(
	histories: readonly InflowHistory[],
	today: Day,
	eventFactor: EventFactor,
): FlowModel {
	const known = histories.map((history): Known => {
		const days = history.inflow
			.filter(({ day }) => day < today)
			.map(({ day, liters, censored }) => ({
				weekday: weekdayOf(day) - 1,
				month: monthOf(day),
				liters,
				weight: 0.5 ** (daysBetween(day, today) / halfLifeDays),
				event: eventFactor(history.id, day),
				censored,
			}));
		return {
			id: history.id,
			volumeLiters: history.volumeLiters,
			days,
			weight: days.reduce((sum, { weight }) => sum + weight, 0),
		};
	});
	const span = histories.reduce((most, { inflow }) => Math.max(most, inflow.length), 0);
	let weekday = flat(7);
	let month = flat(12);
	let rates = new Map<string, number>();
	const factorOf = (day: Known['days'][number]) =>
		(weekday[day.weekday] ?? 1) * (month[day.month] ?? 1) * day.event;
	for (let round = 0; round < 3; round++) {
		rates = new Map(
			known.map(({ id, days }) => {
				const previous = rates.get(id) ?? 0;
				let [up, down] = [0, 0];
				for (const day of days) {
					const factor = factorOf(day);
					// Of a day on which it was full at least this much came.
					up += day.weight * (day.censored ? Math.max(day.liters, previous * factor) : day.liters);
					down += day.weight * factor;
				}
				return [id, down > 0 ? Math.max(0, up / down) : 0];
			}),
		);
		weekday = pooledFactors(
			known,
			rates,
			7,
			({ weekday }) => weekday,
			(day) => (month[day.month] ?? 1) * day.event,
			weekdayPriorDays,
		);
		if (span >= yearDays)
			month = pooledFactors(
				known,
				rates,
				12,
				({ month }) => month,
				(day) => (weekday[day.weekday] ?? 1) * day.event,
				monthPriorDays,
			);
	}

	const withHistory = known.filter(({ weight }) => weight > 0.5);
	const share = (one: Known) => (rates.get(one.id) ?? 0) / one.volumeLiters;
	const totalWeight = withHistory.reduce((sum, { weight }) => sum + weight, 0);
	const meanShare = totalWeight
		? Math.max(0.002, withHistory.reduce((sum, one) => sum + one.weight * share(one), 0) / totalWeight)
		: assumedShare;

	/** Σ weight × ((x − μ) / μ)² of one container; censored days say nothing of the spread. */
	const scatterOf = (one: Known) => {
		const rate = rates.get(one.id) ?? 0;
		let [sum, weight] = [0, 0];
		for (const day of one.days) {
			const mean = rate * factorOf(day);
			if (day.censored || mean <= 0) continue;
			// One wild day must not make all days wild.
			sum += day.weight * Math.min(((day.liters - mean) / mean) ** 2, 9);
			weight += day.weight;
		}
		return { sum, weight };
	};
	const scatters = new Map(known.map((one) => [one.id, scatterOf(one)]));
	const all = [...scatters.values()].reduce((a, b) => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }), {
		sum: 0,
		weight: 0,
	});
	const flowDispersion = Math.max(
		0.01,
		(all.sum + dispersionPriorDays * assumedDispersion) / (all.weight + dispersionPriorDays),
	);
	// How much containers differ, beyond what their own days' scatter explains.
	const between = withHistory.length
		? withHistory.reduce(
				(sum, one) => sum + (share(one) / meanShare - 1) ** 2 - flowDispersion / one.weight,
				0,
			) / withHistory.length
		: 1;
	const spreadBetween = Math.max(0.04, Math.min(between, 4));

	const containers = new Map(
		known.map((one): [string, ContainerModel] => {
			const scatter = scatters.get(one.id) ?? { sum: 0, weight: 0 };
			const dispersion =
				(scatter.sum + dispersionPriorDays * flowDispersion) / (scatter.weight + dispersionPriorDays);
			const prior = meanShare * one.volumeLiters;
			const rate = rates.get(one.id) ?? 0;
			const ownVariance =
				one.weight > 0
					? (Math.max(rate, prior * 0.1) ** 2 * dispersion) / one.weight
					: Number.POSITIVE_INFINITY;
			const priorVariance = prior ** 2 * spreadBetween;
			const trust =
				ownVariance === Number.POSITIVE_INFINITY ? 0 : priorVariance / (priorVariance + ownVariance);
			return [
				one.id,
				{
					litersPerDay: trust * rate + (1 - trust) * prior,
					litersPerDaySpread: Math.sqrt((1 - trust) * priorVariance),
					weekday: ownWeekdays(one, rate, weekday, month),
					month,
					dispersion,
				},
			];
		}),
	);
	return {
		containers,
		unknown: (volumeLiters) => ({
			litersPerDay: meanShare * volumeLiters,
			litersPerDaySpread: meanShare * volumeLiters * Math.sqrt(spreadBetween),
			weekday,
			month,
			dispersion: flowDispersion,
		}),
	};
}

function pooledFactors(
	known: readonly Known[],
	rates: ReadonlyMap<string, number>,
	length: number,
	slotOf: (day: Known['days'][number]) => number,
	otherFactor: (day: Known['days'][number]) => number,
	priorDays: number,
): number[] {
	const [up, down] = [new Array<number>(length).fill(0), new Array<number>(length).fill(0)];
	let [meanUp, weights] = [0, 0];
	for (const one of known) {
		const rate = rates.get(one.id) ?? 0;
		if (rate <= 0) continue;
		for (const day of one.days) {
			const slot = slotOf(day);
			const expected = rate * otherFactor(day);
			up[slot] = (up[slot] ?? 0) + day.weight * day.liters;
			down[slot] = (down[slot] ?? 0) + day.weight * expected;
			meanUp += day.weight * expected;
			weights += day.weight;
		}
	}
	const prior = weights ? (meanUp / weights) * priorDays : 1;
	const factors = up.map((sum, slot) => Math.max(0.05, (sum + prior) / ((down[slot] ?? 0) + prior)));
	const mean = factors.reduce((sum, factor) => sum + factor, 0) / length;
	return factors.map((factor) => factor / mean);
}

function ownWeekdays(
	one: Known,
	rate: number,
	pooled: readonly number[],
	month: readonly number[],
): number[] {
	if (rate <= 0) return [...pooled];
	const [up, down] = [flat(7).fill(0), flat(7).fill(0)];
	for (const day of one.days) {
		up[day.weekday] = (up[day.weekday] ?? 0) + day.weight * day.liters;
		down[day.weekday] = (down[day.weekday] ?? 0) + day.weight * rate * (month[day.month] ?? 1) * day.event;
	}
	const prior = weekdayPriorDays * rate;
	const own = pooled.map((factor, n) =>
		Math.max(0.05, ((up[n] ?? 0) + prior * factor) / ((down[n] ?? 0) + prior)),
	);
	const mean = own.reduce((sum, factor) => sum + factor, 0) / 7;
	return own.map((factor) => factor / mean);
}

export interface LevelNow {
	percent: number;
	/** Standard deviation. */
	spread: number;
}

export interface HorizonOptions {
	today: Day;
	/** Share of today's inflow that is still to come, from 0 to 1. */
	shareLeft: number;
	days: number;
	/** Of this container. */
	event: (day: Day) => number;
}

/** Mean and variance, in litres, of what comes until the end of each day from today on. */
export function cumulate(
	model: ContainerModel,
	{ today, shareLeft, days, event }: HorizonOptions,
): { day: Day; mean: number; variance: number }[] {
	let [factors, squares] = [0, 0];
	return Array.from({ length: days }, (_, n) => {
		const day = addDays(today, n);
		const share = n === 0 ? shareLeft : 1;
		const factor = (model.weekday[weekdayOf(day) - 1] ?? 1) * (model.month[monthOf(day)] ?? 1) * event(day);
		factors += factor * share;
		// A part of a day scatters more than its share: its variance goes down by the share, not by its square.
		squares += factor * factor * share;
		const mean = model.litersPerDay * factors;
		const daily = model.litersPerDay ** 2 * model.dispersion * squares;
		const rate = (model.litersPerDaySpread * factors) ** 2;
		const drift = (mean * driftPerDay * n) ** 2;
		return { day, mean, variance: daily + rate + drift };
	});
}

/** The fan of the coming days, and with which probability it is full by the end of each. */
export function predict(
	model: ContainerModel,
	volumeLiters: number,
	level: LevelNow,
	options: HorizonOptions,
): ForecastDay[] {
	let overflow = 0;
	return cumulate(model, options).map(({ day, mean, variance }) => {
		const rise = (mean / volumeLiters) * 100;
		const spread = variance * (100 / volumeLiters) ** 2 + level.spread ** 2;
		const gamma = rise > 1e-6 ? gammaOf(rise, spread) : null;
		const room = 100 - level.percent;
		const full = room <= 0 ? 1 : gamma ? 1 - gamma.below(room) : 0;
		overflow = Math.min(1, Math.max(overflow, full));
		const at = (probability: number) => level.percent + (gamma?.quantile(probability) ?? 0);
		return {
			day,
			mean: level.percent + rise,
			low: at(0.05),
			median: at(0.5),
			high: at(0.95),
			overflow,
		};
	});
}

/** What probably is inside one whose sensor is not believed: what came since it was last emptied. */
export function levelSince(
	model: ContainerModel,
	volumeLiters: number,
	emptiedDay: Day | null,
	today: Day,
	event: (day: Day) => number,
): LevelNow {
	const days = emptiedDay ? Math.max(0, daysBetween(emptiedDay, today)) : 7;
	if (days === 0) return { percent: 2, spread: 4 };
	const past = cumulate(model, { today: addDays(today, -days), shareLeft: 0.5, days, event }).at(-1);
	const scale = 100 / volumeLiters;
	return {
		percent: Math.min(100, (past?.mean ?? 0) * scale),
		spread: Math.max(emptiedDay ? 5 : 25, Math.sqrt(past?.variance ?? 0) * scale),
	};
}
