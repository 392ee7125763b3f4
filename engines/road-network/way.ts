import type { Tags } from './osm.ts';
import {
	bit,
	classRules,
	everybody,
	motorised,
	type Profile,
	profiles,
	type RoadClass,
	roadClasses,
	shareOfLimit,
	wheeled,
} from './profiles.ts';
import { readMeters, readSpeed, readTonnes } from './tag-values.ts';

/** What a way's tags say to who travels on it. */
export interface WayRules {
	class: number;
	/** Profiles that may go in the way's direction, and against it. */
	forward: number;
	backward: number;
	/** Profiles for whom it only leads somewhere on it: no through traffic. */
	local: number;
	/** Of a car, km/h. */
	speedForward: number;
	speedBackward: number;
	/** Limits in metres, tonnes, metres; 0: none. */
	height: number;
	weight: number;
	width: number;
	/** Values of limits that could not be read. */
	unreadable: number;
	/** Rules that hold only at certain times, which are not applied. */
	conditional: number;
}

/** What each profile is called in access tags, from the general to the particular; the last one given counts. */
const accessKeys: Record<Profile, readonly string[]> = {
	car: ['access', 'vehicle', 'motor_vehicle', 'motorcar'],
	truck: ['access', 'vehicle', 'motor_vehicle', 'goods', 'hgv'],
	bicycle: ['access', 'vehicle', 'bicycle'],
	foot: ['access', 'foot'],
};
const allowing = new Set([
	'yes',
	'permissive',
	'designated',
	'official',
	'public',
	'dismount',
	'optional_sidepath',
]);
const forThoseWhoGoThere = new Set(['destination', 'customers', 'delivery', 'residents', 'permit']);
const refusing = new Set([
	'no',
	'private',
	'agricultural',
	'forestry',
	'agricultural;forestry',
	'emergency',
	'military',
	'psv',
	'bus',
	'use_sidepath',
]);

/** Access of one profile by its tags, of a way or of a barrier. */
export function accessOf(tags: Tags, profile: Profile, usually: boolean): 'yes' | 'local' | 'no' {
	let access: 'yes' | 'local' | 'no' = usually ? 'yes' : 'no';
	for (const key of accessKeys[profile]) {
		const value = tags.get(key);
		if (value === undefined) continue;
		// A general permission does not open a footway to cars: only one that names vehicles does.
		if (key === 'access' && !usually && !refusing.has(value)) continue;
		if (allowing.has(value)) access = 'yes';
		else if (forThoseWhoGoThere.has(value)) access = 'local';
		else if (refusing.has(value)) access = 'no';
	}
	return access;
}

function directions(tags: Tags, kind: RoadClass): { forward: number; backward: number } {
	const oneWay = tags.get('oneway');
	const implied = kind === 'motorway' || ['roundabout', 'circular'].includes(tags.get('junction') ?? '');
	let [forward, backward] = [everybody, everybody];
	if (oneWay === 'yes' || oneWay === 'true' || oneWay === '1' || (oneWay === undefined && implied))
		backward &= ~wheeled;
	else if (oneWay === '-1' || oneWay === 'reverse') forward &= ~wheeled;
	// Its direction changes with the hour, which a graph without a clock cannot know.
	else if (oneWay === 'reversible') {
		forward &= ~wheeled;
		backward &= ~wheeled;
	}
	const oneWayForBicycles = tags.get('oneway:bicycle');
	const against = ['cycleway', 'cycleway:left', 'cycleway:right', 'cycleway:both'].some((key) =>
		tags.get(key)?.startsWith('opposite'),
	);
	const twoWayTrack = ['cycleway:left:oneway', 'cycleway:right:oneway'].some((key) =>
		['no', '-1'].includes(tags.get(key) ?? ''),
	);
	if (oneWayForBicycles === 'no' || against || twoWayTrack) {
		forward |= bit.bicycle;
		backward |= bit.bicycle;
	} else if (oneWayForBicycles === 'yes') backward &= ~bit.bicycle;
	else if (oneWayForBicycles === '-1') forward &= ~bit.bicycle;
	const oneWayOnFoot = tags.get('oneway:foot');
	if (oneWayOnFoot === 'yes') backward &= ~bit.foot;
	else if (oneWayOnFoot === '-1') forward &= ~bit.foot;
	return { forward, backward };
}

const limitKeys = {
	height: ['maxheight', 'maxheight:physical', 'maxheight:hgv'],
	weight: ['maxweight', 'maxweight:hgv', 'maxweightrating', 'maxweightrating:hgv'],
	width: ['maxwidth', 'maxwidth:physical', 'maxwidth:hgv'],
} as const;
/** Values that say, in words, that there is no limit to know. */
const unlimited = new Set(['none', 'default', 'unsigned', 'no_indications', 'no_sign']);

/** The lowest of several limits; 0: none. */
export function lowestLimit(tags: Tags, name: keyof typeof limitKeys): { limit: number; unreadable: number } {
	let [limit, unreadable] = [0, 0];
	for (const key of limitKeys[name]) {
		const text = tags.get(key);
		if (text === undefined || unlimited.has(text)) continue;
		const value = name === 'weight' ? readTonnes(text) : readMeters(text);
		if (value === null) unreadable++;
		else if (limit === 0 || value < limit) limit = value;
	}
	return { limit, unreadable };
}

/** @returns null when it is no road, or none that anybody may use */
export function readWay(tags: Tags): WayRules | null {
	const highway = tags.get('highway');
	if (highway === undefined) return null;
	const kind = roadClasses.find((name) => name === highway.replace(/_link$/, ''));
	if (!kind) return null;
	const rules = classRules[kind];
	let usual = rules.access;
	if (tags.get('motorroad') === 'yes') usual &= motorised;
	let [access, local] = [0, 0];
	for (const profile of profiles) {
		const found = accessOf(tags, profile, (usual & bit[profile]) !== 0);
		if (found !== 'no') access |= bit[profile];
		if (found === 'local') local |= bit[profile];
	}
	const { forward, backward } = directions(tags, kind);
	if (((forward | backward) & access) === 0) return null;
	const general =
		readSpeed(tags.get('maxspeed')) ??
		readSpeed(tags.get('maxspeed:type')) ??
		readSpeed(tags.get('source:maxspeed')) ??
		readSpeed(tags.get('zone:maxspeed'));
	const speed = (limit: number | null) =>
		limit === null
			? rules.kilometersPerHour * (highway.endsWith('_link') ? 0.7 : 1)
			: Math.min(rules.most, limit * shareOfLimit);
	const height = lowestLimit(tags, 'height');
	const weight = lowestLimit(tags, 'weight');
	const width = lowestLimit(tags, 'width');
	let conditional = 0;
	for (const key of tags.keys()) if (key.endsWith(':conditional')) conditional++;
	return {
		class: roadClasses.indexOf(kind),
		forward: forward & access,
		backward: backward & access,
		local,
		speedForward: speed(readSpeed(tags.get('maxspeed:forward')) ?? general),
		speedBackward: speed(readSpeed(tags.get('maxspeed:backward')) ?? general),
		height: height.limit,
		weight: weight.limit,
		width: width.limit,
		unreadable: height.unreadable + weight.unreadable + width.unreadable,
		conditional,
	};
}
