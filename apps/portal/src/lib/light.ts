/** Classes of brightness on maps, from dark to full, and where nothing is known. */
export const levelClasses = ['dark', 'low', 'half', 'bright', 'full', 'unknown'] as const;

/** @param level percent; null: not known */
export function levelClass(level: number | null): (typeof levelClasses)[number] {
	if (level === null) return 'unknown';
	if (level <= 2) return 'dark';
	if (level <= 30) return 'low';
	if (level <= 55) return 'half';
	return level < 85 ? 'bright' : 'full';
}

export const streetClasses = [
	'primary',
	'secondary',
	'tertiary',
	'residential',
	'pedestrian',
	'service',
	'cycleway',
	'footway',
] as const;
