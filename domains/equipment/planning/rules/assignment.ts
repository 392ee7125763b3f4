/**
 * Who gets which device when some are free: bought, or in the pool. A device that somebody gives back may go on to another, and
 * so on. Amounts are in one currency; a device's value is what it costs for ever from now on, with what follows it.
 */
export interface AssignmentProblem {
	people: readonly {
		id: string;
		/** Those of one group can use the same devices at the same cost: category, need, whether security matters. */
		group: string;
		/** What they have; null: nothing, and they must be given one or cost `without`. */
		device: string | null;
	}[];
	devices: readonly {
		id: string;
		/** Cost for ever by group; a group that is absent cannot use it. */
		costs: Readonly<Record<string, number>>;
	}[];
	/** Of handing a device over: wiped, installed anew, brought. */
	move: number;
	/** Handing over so many is what there is time for. */
	mostMoves: number;
	/** What it costs for ever that one of a group has none: a new one is bought. */
	without: Readonly<Record<string, number>>;
}

export interface Handover {
	person: string;
	device: string;
	/** Who gives it back; null: it was free. */
	from: string | null;
}

export interface AssignmentPlan {
	handovers: Handover[];
	/** Those who stay without one. */
	without: string[];
	cost: number;
}

export interface AssignmentModel {
	/** In the format of CPLEX, for a solver of mixed-integer programs. */
	lp: string;
	/** A plan of the values that the solver gives to the columns. */
	read(values: (column: string) => number): AssignmentPlan;
}

/** Cost of a person with a device of theirs or of others; null where they cannot use it. */
const costOf = (device: AssignmentProblem['devices'][number] | undefined, group: string): number | null =>
	device?.costs[group] ?? null;

interface Known {
	people: AssignmentProblem['people'];
	deviceOf: Map<string, AssignmentProblem['devices'][number]>;
	/** What the person costs with their own, or without. */
	own: number[];
}

function read({ people, devices, without }: AssignmentProblem): Known {
	const deviceOf = new Map(devices.map((device) => [device.id, device]));
	const none = (group: string) => {
		const cost = without[group];
		if (cost === undefined) throw new RangeError(`nothing said of going without in ${group}`);
		return cost;
	};
	const own = people.map(({ device, group }) =>
		device === null ? none(group) : (costOf(deviceOf.get(device), group) ?? none(group)),
	);
	return { people, deviceOf, own };
}

/** What all cost when nothing is handed over. */
export const costAsItIs = (problem: AssignmentProblem): number =>
	read(problem).own.reduce((sum, cost) => sum + cost, 0);

/**
 * A mixed-integer program with few columns: whether each person keeps what they have, and how many of a group get which
 * device. Within a group it does not matter who, so that the number of pairs does not count; that makes it exact and small.
 */
export function assignmentModel(problem: AssignmentProblem): AssignmentModel {
	const { people, own } = read(problem);
	const groups = [...new Set(people.map(({ group }) => group))];
	const worst = new Map(
		groups.map((group) => [
			group,
			Math.max(...people.map((one, at) => (one.group === group ? (own[at] as number) : -1e99))),
		]),
	);
	const held = new Map(people.map(({ device, group }) => [device, group]));
	/** Groups of which a device could serve another: to give it up for a worse one may help all. */
	const shared = new Set(
		problem.devices.flatMap(({ id, costs }) => {
			const group = held.get(id);
			return group !== undefined && Object.keys(costs).some((other) => other !== group) ? [group] : [];
		}),
	);
	const ownerOf = new Map(
		people.flatMap(({ device }, at) => (device === null ? [] : [[device, at] as const])),
	);
	const objective: string[] = [];
	const groupRows = new Map<string, string[]>(groups.map((group) => [group, []]));
	const deviceRows: string[] = [];
	const moves: string[] = [];
	const kept = people.map((_, at) => `k${at}`);
	const given = new Map<string, { group: string; device: number }>();
	for (const [at, { group }] of people.entries()) {
		objective.push(`${number(own[at] as number)} k${at}`);
		groupRows.get(group)?.push(`k${at}`);
	}
	for (const [index, device] of problem.devices.entries()) {
		const uses: string[] = [];
		const owner = ownerOf.get(device.id);
		if (owner !== undefined) uses.push(`k${owner}`);
		for (const [group, cost] of Object.entries(device.costs)) {
			// Nobody of the group would be better off, nor could anybody of it make another group so.
			const useful = cost + problem.move < (worst.get(group) ?? Number.NEGATIVE_INFINITY);
			if (!groups.includes(group) || (!useful && !shared.has(group))) continue;
			const column = `g${groups.indexOf(group)}_${index}`;
			given.set(column, { group, device: index });
			objective.push(`${number(cost + problem.move)} ${column}`);
			groupRows.get(group)?.push(column);
			uses.push(column);
			moves.push(column);
		}
		if (uses.length > 1) deviceRows.push(` d${index}: ${lines(uses)} <= 1`);
	}
	const lp = [
		'Minimize',
		` cost: ${lines(objective)}`,
		'Subject To',
		...groups.map(
			(group, at) =>
				` n${at}: ${lines(groupRows.get(group) ?? [])} = ${people.filter((one) => one.group === group).length}`,
		),
		...deviceRows,
		...(moves.length ? [` moves: ${lines(moves)} <= ${Math.max(0, Math.floor(problem.mostMoves))}`] : []),
		'Binary',
		...[...kept, ...given.keys()].map((column) => ` ${column}`),
		'End',
	].join('\n');
	return {
		lp,
		read(values) {
			const taken = [...given].filter(([column]) => values(column) > 0.5).map(([, use]) => use);
			const giving = people.map((_, at) => values(`k${at}`) < 0.5);
			return planOf(problem, taken, giving);
		},
	};
}

/** Pair the devices that a group gets with those of it who get one: the best device for whoever is worst off. */
function planOf(
	problem: AssignmentProblem,
	taken: readonly { group: string; device: number }[],
	giving: readonly boolean[],
): AssignmentPlan {
	const { people, own } = read(problem);
	const handovers: Handover[] = [];
	const holderOf = new Map(
		people.flatMap(({ id, device }) => (device === null ? [] : [[device, id] as const])),
	);
	for (const group of new Set(taken.map((use) => use.group))) {
		const receivers = [...people.keys()]
			.filter((at) => people[at]?.group === group && giving[at])
			.sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
		const devices = taken
			.filter((use) => use.group === group)
			.map((use) => problem.devices[use.device] as AssignmentProblem['devices'][number])
			.sort((a, b) => (a.costs[group] as number) - (b.costs[group] as number) || (a.id < b.id ? -1 : 1));
		for (const [at, device] of devices.entries()) {
			const person = people[receivers[at] ?? -1];
			if (person)
				handovers.push({ person: person.id, device: device.id, from: holderOf.get(device.id) ?? null });
		}
	}
	return { handovers: inOrder(handovers), ...costOfHandovers(problem, handovers) };
}

/** Free devices first, then what they set free, and so on; those that go round in a circle last. */
function inOrder(handovers: readonly Handover[]): Handover[] {
	const left = [...handovers];
	const ordered: Handover[] = [];
	while (left.length) {
		const ready = left.findIndex(({ from }) => from === null || !left.some(({ person }) => person === from));
		ordered.push(...left.splice(Math.max(0, ready), 1));
	}
	return ordered;
}

/** What all cost after some handovers. @throws RangeError on a plan that cannot be */
export function costOfHandovers(
	problem: AssignmentProblem,
	handovers: readonly Handover[],
): { cost: number; without: string[] } {
	const { people, deviceOf, own } = read(problem);
	const used = new Map<string, string>();
	const receives = new Map(handovers.map(({ person, device }) => [person, device]));
	if (receives.size !== handovers.length) throw new RangeError('somebody gets two devices');
	if (handovers.length > problem.mostMoves)
		throw new RangeError('more is handed over than there is time for');
	let cost = 0;
	const without: string[] = [];
	for (const [at, { id, group, device }] of people.entries()) {
		const received = receives.get(id);
		const has = received ?? device;
		if (has !== null) {
			if (used.has(has)) throw new RangeError(`${has} is with two people`);
			used.set(has, id);
		}
		if (received === undefined) {
			cost += own[at] as number;
			if (device === null) without.push(id);
			continue;
		}
		const with_ = costOf(deviceOf.get(received), group);
		if (with_ === null) throw new RangeError(`${id} cannot use ${received}`);
		cost += with_ + problem.move;
	}
	return { cost, without };
}

/**
 * What an office does by hand: whoever is worst off first gets the best free device that suits; what comes back is free for the
 * next. For comparison.
 */
export function greedyAssignment(problem: AssignmentProblem): AssignmentPlan {
	const { people, deviceOf, own } = read(problem);
	const held = new Set(people.map(({ device }) => device));
	const free = new Set(problem.devices.filter(({ id }) => !held.has(id)).map(({ id }) => id));
	const handovers: Handover[] = [];
	const holderOf = new Map(
		people.flatMap(({ id, device }) => (device === null ? [] : [[device, id] as const])),
	);
	const order = [...people.keys()].sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
	for (const at of order) {
		if (handovers.length >= problem.mostMoves) break;
		const { id, group, device } = people[at] as AssignmentProblem['people'][number];
		let best: { id: string; cost: number } | null = null;
		for (const candidate of free) {
			const cost = costOf(deviceOf.get(candidate), group);
			if (cost !== null && (!best || cost < best.cost)) best = { id: candidate, cost };
		}
		if (!best || best.cost + problem.move >= (own[at] as number)) continue;
		handovers.push({ person: id, device: best.id, from: holderOf.get(best.id) ?? null });
		free.delete(best.id);
		if (device !== null) free.add(device);
	}
	return { handovers, ...costOfHandovers(problem, handovers) };
}

/** As CPLEX's format reads it: no exponent. */
const number = (value: number): string => value.toFixed(4);

/** Signs between, and not too much on a line. */
function lines(terms: readonly string[]): string {
	return terms
		.map((term, at) => `${at && !term.startsWith('-') ? '+ ' : ''}${term}${at % 12 === 11 ? '\n ' : ''}`)
		.join(' ');
}
