import type { Actor } from '@parvis/platform';

type Measures = Awaited<ReturnType<App.Locals['rooms']['sensing']['reading']['map']>>;

/** What these pages show is the same for everybody, an agent included. */
const everybody: Actor = {
	kind: 'anonymous',
	id: null,
	displayName: '',
	roles: [],
	scopes: [],
	secondFactor: false,
};
const keptMilliseconds = 5000;
const kept = new WeakMap<object, { until: number; measures: Promise<Measures> }>();

/** Latest public values of the whole town: read once in five seconds, however many ask. */
export function publicMeasures({ rooms }: App.Locals): Promise<Measures> {
	const known = kept.get(rooms);
	if (known && known.until > Date.now()) return known.measures;
	const measures = rooms.sensing.reading.map(everybody);
	kept.set(rooms, { until: Date.now() + keptMilliseconds, measures });
	// A failed reading is not kept.
	measures.catch(() => kept.delete(rooms));
	return measures;
}
