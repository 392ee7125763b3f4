/** What driving stops in a given order takes, unloading whenever the next would not fit and before coming home. */
export interface DriveInput {
	locations: number;
	meters: ArrayLike<number>;
	seconds: ArrayLike<number>;
	depot: number;
	/** Where to unload; the nearest to the way is taken. Empty: never. */
	sites: readonly { location: number; serviceSeconds: number }[];
	/** Compacted litres by flow, and kilograms. */
	capacity: { liters: Readonly<Record<string, number>>; kilograms: number };
	stops: readonly {
		location: number;
		flow: string;
		liters: number;
		kilograms: number;
		serviceSeconds: number;
	}[];
}

export interface Drive {
	meters: number;
	/** Driving, emptying and unloading. */
	seconds: number;
	unloadings: number;
}

export function driveInOrder(input: DriveInput): Drive {
	const { locations, sites, capacity } = input;
	const drive: Drive = { meters: 0, seconds: 0, unloadings: 0 };
	let here = input.depot;
	let kilograms = 0;
	let liters = new Map<string, number>();
	const go = (to: number) => {
		drive.meters += input.meters[here * locations + to] ?? 0;
		drive.seconds += input.seconds[here * locations + to] ?? 0;
		here = to;
	};
	const unload = (then: number) => {
		const detour = (at: number) =>
			(input.seconds[here * locations + at] ?? 0) + (input.seconds[at * locations + then] ?? 0);
		const nearest = sites.reduce<(typeof sites)[number] | null>(
			(best, site) => (best && detour(best.location) <= detour(site.location) ? best : site),
			null,
		);
		if (!nearest) return;
		go(nearest.location);
		drive.seconds += nearest.serviceSeconds;
		drive.unloadings++;
		kilograms = 0;
		liters = new Map();
	};
	for (const stop of input.stops) {
		const inside = (liters.get(stop.flow) ?? 0) + stop.liters;
		const isFull =
			inside > (capacity.liters[stop.flow] ?? 0) || kilograms + stop.kilograms > capacity.kilograms;
		if (isFull && kilograms > 0) unload(stop.location);
		go(stop.location);
		drive.seconds += stop.serviceSeconds;
		liters.set(stop.flow, (liters.get(stop.flow) ?? 0) + stop.liters);
		kilograms += stop.kilograms;
	}
	if (input.stops.length && kilograms > 0) unload(input.depot);
	go(input.depot);
	return drive;
}
