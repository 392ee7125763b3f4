const milesPerHour = 1.609344;
const feet = 0.3048;

/** Limits that stand for a number: wiki.openstreetmap.org/wiki/Speed_limits, France. */
const namedSpeeds: Record<string, number> = {
	walk: 5,
	none: 130,
	living_street: 20,
	zone20: 20,
	zone30: 30,
	urban: 50,
	rural: 80,
	trunk: 110,
	motorway: 130,
	bicycle_road: 30,
};

/** `maxspeed` and its kin in km/h: `50`, `30 mph`, `FR:urban`, `FR:zone30`, `walk`. @returns null when it says nothing readable */
export function readSpeed(value: string | undefined): number | null {
	if (!value) return null;
	const text = value.trim().slice(0, 40);
	const measured = /^(\d{1,3}(?:\.\d+)?) ?(km\/h|kmh|kph|mph)?$/.exec(text);
	if (measured) {
		const speed = Number(measured[1]) * (measured[2] === 'mph' ? milesPerHour : 1);
		return speed > 0 && speed <= 300 ? speed : null;
	}
	const named = /^(?:[A-Z]{2}:)?([a-z_]+\d*|\d+)$/.exec(text)?.[1];
	if (!named) return null;
	return namedSpeeds[named] ?? (/^\d+$/.test(named) ? readSpeed(named) : null);
}

/** `maxheight`, `maxwidth` in metres: `3.5`, `3,5 m`, `350 cm`, `11'6"`. @returns null when it says nothing readable */
export function readMeters(value: string | undefined): number | null {
	if (!value) return null;
	const text = value.trim().slice(0, 40);
	const metric = /^(\d{1,4}(?:[.,]\d{1,3})?) ?(m|cm)?$/.exec(text);
	if (metric?.[1]) return sound(Number(metric[1].replace(',', '.')) * (metric[2] === 'cm' ? 0.01 : 1));
	const imperial = /^(\d{1,2})'(?: ?(\d{1,2})")?$/.exec(text);
	return imperial ? sound(Number(imperial[1]) * feet + (Number(imperial[2] ?? 0) * feet) / 12) : null;
}

/** `maxweight` in tonnes: `3.5`, `3,5 t`, `7500 kg`. @returns null when it says nothing readable */
export function readTonnes(value: string | undefined): number | null {
	if (!value) return null;
	const found = /^(\d{1,6}(?:[.,]\d{1,3})?) ?(t|kg)?$/.exec(value.trim().slice(0, 40));
	return found?.[1] ? sound(Number(found[1].replace(',', '.')) * (found[2] === 'kg' ? 0.001 : 1)) : null;
}

const sound = (number: number) => (number > 0 && number < 650 ? number : null);
