/** How a device fails with age: Weibull's law, of which `shape` 1 is pure chance and more is wear. */
export interface Failures {
	/** Age by which 63 % have failed once, years. */
	years: number;
	shape: number;
}

/** Probability that one of that age in months, working at the month's start, fails within the month. */
export function failureProbability(ageMonths: number, { years, shape }: Failures): number {
	const hazard = (months: number) => (months / 12 / years) ** shape;
	return 1 - Math.exp(hazard(ageMonths) - hazard(ageMonths + 1));
}

/** What a device costs while it serves; amounts in one currency unit, of any kind. */
export interface Running {
	failures: Failures;
	/** A month of use: electricity, and its carbon at its price. */
	perMonth: number;
	/** Each failure: time lost, an agent without a device. */
	perFailure: number;
	/** Each failure that is repaired. */
	perRepair: number;
	/** Share of failures that nothing repairs: it is replaced then. */
	beyondRepair: number;
}

/** What replaces it, and what replaces that, for ever. */
export interface Successor {
	running: Running;
	/** Price, and the carbon of its making at its price. */
	upfront: number;
	/** Age at which it comes, months: 0 for a new one. */
	startAge: number;
	/** Months that it serves at least, unless it fails. */
	least: number;
	/** And at most: its support ends. */
	most: number;
}

/** One device that serves today. */
export interface Held {
	running: Running;
	/** Months. */
	age: number;
	/** Months from now before which a policy does not replace it. */
	earliest: number;
	/** Months from now at which it is replaced at the latest; wins over `earliest`. */
	latest: number;
}

export interface Chain {
	/** Months that each successor serves, unless it fails beyond repair. */
	serves: number;
	/** Discounted cost of the chain for ever, from the first purchase on. */
	value: number;
	/** What has the same value, paid each month. */
	perMonth: number;
}

export interface Replacement {
	/** Months from now. */
	after: number;
	/** Discounted cost for ever, with what follows it. */
	value: number;
	/** The same, were it replaced now, or as soon as a policy allows. */
	soonest: number;
}

/** Nobody plans beyond this, months. */
export const horizonMonths = 240;

interface Service {
	/** Discounted running cost until it is replaced. */
	cost: number;
	/** Discount to the day on which it is replaced, by then or because it failed, averaged. */
	handOver: number;
}

/** Running costs and hand-over by the months of service, from 0 on: `results[k]` if it is replaced after `k` months. */
function services(running: Running, age: number, most: number, discount: number): Service[] {
	const results: Service[] = [];
	let [cost, failed, alive, factor] = [0, 0, 1, 1];
	for (let month = 0; ; month++) {
		results.push({ cost, handOver: failed + factor * alive });
		if (month >= most) return results;
		const fails = failureProbability(age + month, running.failures);
		const dies = fails * running.beyondRepair;
		const failing = fails * running.perFailure + (fails - dies) * running.perRepair;
		cost += factor * alive * (running.perMonth + failing);
		factor *= discount;
		failed += factor * alive * dies;
		alive *= 1 - dies;
	}
}

/**
 * The best endless chain of one kind of successor: the age of replacement with the least cost for ever, by renewal: a chain
 * costs `upfront + cost(k)` each time and begins again at the discounted hand-over, so that its value is
 * `(upfront + cost(k)) ÷ (1 − handOver(k))` (the equivalent annual cost of replacement theory, with failures; Barlow & Hunter,
 * Operations Research 8(1), 1960).
 * @param discount what money a month later is worth now, less than 1
 */
export function bestChain(successor: Successor, discount: number): Chain {
	const most = Math.max(1, Math.min(successor.most, horizonMonths));
	const least = Math.max(1, Math.min(successor.least, most));
	const found = services(successor.running, successor.startAge, most, discount);
	let best: Chain | null = null;
	for (let serves = least; serves <= most; serves++) {
		const { cost, handOver } = found[serves] as Service;
		const value = (successor.upfront + cost) / (1 - handOver);
		// Of two as good the longer.
		if (!best || value <= best.value) best = { serves, value, perMonth: value * (1 - discount) };
	}
	return best as Chain;
}

/**
 * When to replace a device by a chain: of all months allowed the one with the least cost for ever. Exact: each is reckoned.
 * A device that fails beyond repair before is replaced then, which the cost of each month holds already.
 */
export function bestReplacement(held: Held, chain: Chain, discount: number): Replacement {
	const latest = Math.max(0, Math.min(held.latest, horizonMonths));
	const earliest = Math.max(0, Math.min(held.earliest, latest));
	const found = services(held.running, held.age, latest, discount);
	const valueAfter = (months: number) => {
		const { cost, handOver } = found[months] as Service;
		return cost + handOver * chain.value;
	};
	let after = earliest;
	for (let months = earliest; months <= latest; months++)
		if (valueAfter(months) <= valueAfter(after)) after = months;
	return { after, value: valueAfter(after), soonest: valueAfter(earliest) };
}

/** Of a device, by months from now: the probability that it is replaced then; the last one: it still serves at the end. */
export function replacementMonths(
	{ failures, beyondRepair }: Pick<Running, 'failures' | 'beyondRepair'>,
	age: number,
	after: number,
	months: number,
): Float64Array {
	const probabilities = new Float64Array(months + 1);
	let alive = 1;
	for (let month = 0; month < months; month++) {
		if (month >= after) {
			probabilities[month] = alive;
			return probabilities;
		}
		const dies = failureProbability(age + month, failures) * beyondRepair;
		probabilities[month] = alive * dies;
		alive *= 1 - dies;
	}
	probabilities[months] = alive;
	return probabilities;
}
