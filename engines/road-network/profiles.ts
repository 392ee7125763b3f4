/** Who travels. `truck` has a height, a weight and a width. */
export const profiles = ['car', 'truck', 'bicycle', 'foot'] as const;
export type Profile = (typeof profiles)[number];

/** One bit a profile, so that what several may do fits in four bits. */
export const bit: Record<Profile, number> = { car: 1, truck: 2, bicycle: 4, foot: 8 };
export const everybody = 15;
export const motorised = bit.car | bit.truck;
export const wheeled = motorised | bit.bicycle;

/** Classes of road, widest first; their place in this list is how they are stored. */
export const roadClasses = [
	'motorway',
	'trunk',
	'primary',
	'secondary',
	'tertiary',
	'unclassified',
	'residential',
	'road',
	'living_street',
	'service',
	'pedestrian',
	'track',
	'cycleway',
	'footway',
	'bridleway',
	'path',
	'steps',
] as const;
export type RoadClass = (typeof roadClasses)[number];

export interface ClassRules {
	/** Who may use it where no tag says otherwise, in France. */
	access: number;
	/** Usual speed of a car where no limit is given, km/h, stops included. */
	kilometersPerHour: number;
	/** Most that is driven on it whatever the sign says, km/h. */
	most: number;
}

const open = everybody;
const quiet = bit.bicycle | bit.foot;

/** Access by wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions#France; speeds are usual means. */
export const classRules: Record<RoadClass, ClassRules> = {
	motorway: { access: motorised, kilometersPerHour: 110, most: 120 },
	trunk: { access: open, kilometersPerHour: 80, most: 105 },
	primary: { access: open, kilometersPerHour: 58, most: 85 },
	secondary: { access: open, kilometersPerHour: 50, most: 80 },
	tertiary: { access: open, kilometersPerHour: 43, most: 75 },
	unclassified: { access: open, kilometersPerHour: 36, most: 70 },
	residential: { access: open, kilometersPerHour: 28, most: 50 },
	road: { access: open, kilometersPerHour: 28, most: 50 },
	living_street: { access: open, kilometersPerHour: 12, most: 20 },
	service: { access: open, kilometersPerHour: 15, most: 30 },
	// Cyclists ride in a pedestrian area at walking pace: code de la route, article R431-9.
	pedestrian: { access: quiet, kilometersPerHour: 6, most: 8 },
	track: { access: quiet, kilometersPerHour: 14, most: 20 },
	cycleway: { access: bit.bicycle, kilometersPerHour: 15, most: 20 },
	footway: { access: bit.foot, kilometersPerHour: 6, most: 8 },
	bridleway: { access: 0, kilometersPerHour: 8, most: 10 },
	path: { access: quiet, kilometersPerHour: 8, most: 12 },
	steps: { access: bit.foot, kilometersPerHour: 3, most: 3 },
};

/** Share of the limit that is driven between two stops in town. */
export const shareOfLimit = 0.85;

const bicycleSpeeds: Partial<Record<RoadClass, number>> = {
	pedestrian: 6,
	footway: 6,
	path: 11,
	track: 13,
	living_street: 13,
	steps: 2,
	bridleway: 8,
};

/** km/h of profiles other than the car, whose speed is the road's own. */
export function speedOf(profile: Profile, kind: RoadClass, carSpeed: number): number {
	if (profile === 'car') return carSpeed;
	if (profile === 'truck') return Math.min(80, carSpeed * 0.85);
	if (profile === 'bicycle') return Math.min(bicycleSpeeds[kind] ?? 16, carSpeed < 8 ? 6 : 16);
	return kind === 'steps' ? 2.5 : 4.7;
}
