import type { Member, Tags } from './osm.ts';
import { bit, motorised, wheeled } from './profiles.ts';

/** A turn restriction as its relation says it, before its ways are found. */
export interface TurnRestriction {
	kind: 'no' | 'only';
	/** Profiles that it binds. */
	binds: number;
	from: number[];
	/** Ways, or one node. */
	via: Member[];
	to: number[];
}

/** Why a restriction is not in the graph. */
export const ignoredReasons = [
	/** It holds only at certain times. */
	'conditional',
	/** It binds nobody the graph knows: buses alone. */
	'nobody',
	/** Members are missing, or of the wrong kind. */
	'members',
	/** Its ways are not in the extract, or are no roads. */
	'absent',
	/** Its ways do not meet, or meet in more than one way. */
	'unclear',
] as const;
export type IgnoredReason = (typeof ignoredReasons)[number];

const bindings: Record<string, number> = {
	restriction: wheeled,
	'restriction:motor_vehicle': motorised,
	'restriction:motorcar': bit.car,
	'restriction:hgv': bit.truck,
	'restriction:goods': bit.truck,
	'restriction:bicycle': bit.bicycle,
};
const exceptions: Record<string, number> = {
	vehicle: wheeled,
	motor_vehicle: motorised,
	motorcar: bit.car,
	hgv: bit.truck,
	goods: bit.truck,
	bicycle: bit.bicycle,
};

/**
 * Read a relation `type=restriction` (wiki.openstreetmap.org/wiki/Relation:restriction).
 * @returns null for any other relation; one restriction, or why there is none
 */
export function readRestriction(
	members: readonly Member[],
	tags: Tags,
): TurnRestriction | { ignored: IgnoredReason } | null {
	const type = tags.get('type') ?? '';
	if (type !== 'restriction' && !type.startsWith('restriction:')) return null;
	const found = Object.entries(bindings).flatMap(([key, binds]) => {
		const value = tags.get(key);
		const kind = value?.startsWith('no_') ? 'no' : value?.startsWith('only_') ? 'only' : null;
		return kind ? [{ kind, binds } as const] : [];
	});
	const [first] = found;
	if (!first) {
		const timed = [...tags.keys()].some((key) => /^restriction(:\w+)?:conditional$/.test(key));
		return { ignored: timed ? 'conditional' : 'nobody' };
	}
	let binds = 0;
	for (const { kind, binds: more } of found) if (kind === first.kind) binds |= more;
	for (const name of (tags.get('except') ?? '').split(';')) binds &= ~(exceptions[name.trim()] ?? 0);
	if (!binds) return { ignored: 'nobody' };
	const ways = (role: string) =>
		members.filter((member) => member.kind === 'way' && member.role === role).map(({ id }) => id);
	const via = members.filter(({ role }) => role === 'via');
	const from = ways('from');
	const to = ways('to');
	const oneNode = via.length === 1 && via[0]?.kind === 'node';
	const soundVia = oneNode || (via.length > 0 && via.every(({ kind }) => kind === 'way'));
	if (
		!from.length ||
		!to.length ||
		!soundVia ||
		(first.kind === 'only' && (from.length > 1 || to.length > 1))
	)
		return { ignored: 'members' };
	return { kind: first.kind, binds, from, via, to };
}
