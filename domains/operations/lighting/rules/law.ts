import { type LightProfile, type LightUsage, levelIn, type NightLevels, nightLevels } from './profile.ts';
import { dayAfter, townInstant } from './town-time.ts';

/**
 * The arrêté of 27 December 2018 « relatif à la prévention, à la réduction et à la limitation des nuisances lumineuses »
 * (NOR TREP1831126A, changed on 29 May and 24 December 2019) as far as it can be decided from what is known here.
 * Article 2 sets hours; article 3 sets what luminaires may be. Hours of public roads are none of its matter: the mayor
 * sets them by police power (CGCT, L. 2212-2), so a road may go dark by a municipal decision.
 */
export interface LawFinding {
	/** `refused`: the text forbids it; `warning`: it asks for something that is not known here; `information`: what applies. */
	severity: 'refused' | 'warning' | 'information';
	article: string;
	/** Message key of the portal and its blanks. */
	key: string;
	detail: Record<string, string>;
}

const hour = 3_600_000;
const article2 = 'arrêté du 27 décembre 2018, art. 2';
const article3 = 'arrêté du 27 décembre 2018, art. 3';

/** When light of a usage may be on at all in one night; null: article 2 sets no hours for it. */
export interface LegalHours {
	/** Not before sunset. */
	from: number;
	/** Dark from here on. */
	until: number;
	/** May be lit again in the morning from here; null: not that night. */
	again: number | null;
	rule: string;
}

/**
 * Hours that article 2 leaves to a usage in a night.
 * @param activity opening and closing times; a closing before noon is after midnight
 */
export function legalHours(
	usage: LightUsage,
	{ night, sun }: Pick<NightLevels, 'night' | 'sun'>,
	activity: LightProfile['activity'],
): LegalHours | null {
	const morning = dayAfter(night);
	const oneInTheMorning = townInstant(morning, '01:00');
	const closes = activity ? townInstant(activity.closes < '12:00' ? morning : night, activity.closes) : null;
	// "À 7 heures du matin au plus tôt ou une heure avant le début de l'activité si celle-ci s'exerce plus tôt."
	const seven = townInstant(morning, '07:00');
	const again = activity ? Math.min(seven, townInstant(morning, activity.opens) - hour) : seven;
	switch (usage) {
		case 'road':
		case 'sports':
		case 'tunnel':
			return null;
		case 'heritage':
		case 'building':
			return { from: sun.sunset, until: oneInTheMorning, again: null, rule: 'one' };
		case 'park':
			return {
				from: sun.sunset,
				until: closes === null ? oneInTheMorning : closes + hour,
				again: null,
				rule: closes === null ? 'one' : 'closing',
			};
		case 'shop_window':
			return {
				from: Number.NEGATIVE_INFINITY,
				until: Math.max(oneInTheMorning, closes === null ? 0 : closes + hour),
				again,
				rule: 'window',
			};
		case 'business':
			return closes === null
				? null
				: { from: Number.NEGATIVE_INFINITY, until: closes + hour, again, rule: 'business' };
		case 'car_park':
			return closes === null ? null : { from: sun.sunset, until: closes + 2 * hour, again, rule: 'carPark' };
	}
}

/** Whether article 2 lets a usage be lit at an instant. */
export function isLegal(hours: LegalHours | null, at: number): boolean {
	if (!hours) return true;
	return (at >= hours.from && at < hours.until) || (hours.again !== null && at >= hours.again);
}

/**
 * Whether presence may raise the light outside of the legal hours: article 2 allows to adapt them where lamps follow
 * presence and daylight, for business premises and car parks; for parks, heritage, façades and windows we never do.
 */
export const presenceMayExceed: readonly LightUsage[] = ['business', 'car_park'];

/** Light level that the law leaves of a wanted one. */
export function withinLaw(level: number, hours: LegalHours | null, at: number): number {
	return isLegal(hours, at) ? level : 0;
}

/** What the law says of a profile, by looking at every night of the year. The first night of each kind of breach is named. */
export function checkProfile(
	profile: LightProfile,
	year: number,
	longitude: number,
	latitude: number,
): LawFinding[] {
	const findings = new Map<string, LawFinding>();
	const find = (
		severity: LawFinding['severity'],
		article: string,
		key: string,
		detail: Record<string, string> = {},
	) => {
		if (!findings.has(key)) findings.set(key, { severity, article, key, detail });
	};
	let darkRoad = false;
	for (let night = `${year}-01-01`; night.startsWith(String(year)); night = dayAfter(night)) {
		const levels = nightLevels(profile, night, longitude, latitude);
		const hours = legalHours(profile.usage, levels, profile.activity);
		if (hours) {
			const breach = firstBreach(levels, hours);
			if (breach !== null)
				find(
					profile.decision ? 'warning' : 'refused',
					article2,
					breach < hours.from ? `light.law.before.${hours.rule}` : `light.law.after.${hours.rule}`,
					{ night, at: new Date(breach).toISOString() },
				);
		}
		if (profile.usage === 'road' && levels.plan)
			darkRoad ||= levels.steps.some(
				({ at, level }) => level === 0 && at > levels.sun.dusk && at < levels.sun.dawn,
			);
	}
	if (profile.usage === 'road') {
		find('information', 'CGCT, art. L. 2212-2', 'light.law.road');
		if (darkRoad && !profile.decision) find('warning', 'CGCT, art. L. 2212-2', 'light.law.darkRoad');
	}
	if (profile.usage === 'tunnel')
		find('information', 'arrêté du 27 décembre 2018, art. 1', 'light.law.tunnel');
	if (profile.usage === 'sports') find('information', article2, 'light.law.sports');
	if ((profile.usage === 'car_park' || profile.usage === 'business') && !profile.activity)
		find('warning', article2, 'light.law.activityUnknown');
	if (profile.presence && presenceMayExceed.includes(profile.usage))
		find('information', article2, 'light.law.presence');
	const order = ['refused', 'warning', 'information'];
	return [...findings.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** First instant at which levels leave the legal hours. */
function firstBreach(levels: NightLevels, hours: LegalHours): number | null {
	const edges = [
		...levels.steps.map(({ at }) => at),
		Math.max(hours.until, levels.from),
		...(hours.from > levels.from ? [levels.from] : []),
	]
		.filter((at) => at >= levels.from && at < levels.to)
		.sort((a, b) => a - b);
	return edges.find((at) => levelIn(levels, at) > 0 && !isLegal(hours, at)) ?? null;
}

/** What article 3 says of luminaires themselves. */
export interface LuminaireFacts {
	usage: LightUsage;
	builtUp: boolean;
	colourKelvin: number | null;
	/** Share of the light sent above the horizontal, as installed, in percent. */
	upwardPercent: number | null;
	/** `2021-03-01`; those from before 2020 were given more time. */
	installedOn: string | null;
}

const appliesFrom = '2020-01-01';

/**
 * Breaches of article 3, II, 1° and 3°: upward light of roads and car parks, colour of roads, buildings and car parks. The
 * lamp hangs there already, so it is said and not refused.
 */
export function checkLuminaire(facts: LuminaireFacts): LawFinding[] {
	const severity = facts.installedOn !== null && facts.installedOn < appliesFrom ? 'information' : 'warning';
	const findings: LawFinding[] = [];
	const outside: readonly LightUsage[] = ['road', 'business', 'car_park'];
	if (
		facts.colourKelvin !== null &&
		facts.colourKelvin > 3000 &&
		[...outside, 'building'].includes(facts.usage)
	)
		findings.push({
			severity,
			article: `${article3}, II, 3°`,
			key: 'light.law.colour',
			detail: { kelvin: String(facts.colourKelvin) },
		});
	// Under 1 % by the maker's data, and under 4 % once it hangs there.
	if (facts.upwardPercent !== null && facts.upwardPercent >= 4 && outside.includes(facts.usage))
		findings.push({
			severity,
			article: `${article3}, II, 1°`,
			key: 'light.law.upward',
			detail: { percent: String(facts.upwardPercent) },
		});
	return findings;
}

/**
 * Most lumens per lit square metre, article 3, II, 4°: roads 35 in built-up areas and 25 elsewhere, car parks 25 and 20.
 * Null where we do not vouch for the table's figure.
 */
export function densityLimit(usage: LightUsage, builtUp: boolean): number | null {
	if (usage === 'road' || usage === 'business') return builtUp ? 35 : 25;
	if (usage === 'car_park') return builtUp ? 25 : 20;
	return null;
}

/** Breach of the luminous density of a segment. */
export function checkDensity(
	usage: LightUsage,
	builtUp: boolean,
	lumens: number,
	areaSquareMeters: number,
): LawFinding | null {
	const limit = densityLimit(usage, builtUp);
	const density = lumens / areaSquareMeters;
	if (limit === null || !(density > limit)) return null;
	return {
		severity: 'warning',
		article: `${article3}, II, 4°`,
		key: 'light.law.density',
		detail: { density: density.toFixed(1), limit: String(limit) },
	};
}
