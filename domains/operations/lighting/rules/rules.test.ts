import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsOf } from './faults.ts';
import { checkLuminaire, checkProfile, isLegal, legalHours } from './law.ts';
import { chooseLevel } from './level.ts';
import { behindMeters, createPassages, lampsToRaise } from './presence.ts';
import { fullNight, type LightProfile, type LightUsage, levelAt, levelIn, nightLevels } from './profile.ts';
import { reachOfSensors, type Side } from './street-graph.ts';
import { dayAfter, nightOf, townClock, townDay, townInstant } from './town-time.ts';

const paris = [2.3488, 48.8534] as const;
const percent = fc.integer({ min: 0, max: 100 });
const time = fc
	.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
	.map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const instant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) });
const offset = fc.integer({ min: -180, max: 180 });
const plan = fc.record({
	season: fc.constant(null),
	weekdays: fc.constant(null),
	dates: fc.constant(null),
	on: fc.record({ sun: fc.constantFrom('sunset' as const, 'dusk' as const), offsetMinutes: offset }),
	off: fc.record({ sun: fc.constantFrom('dawn' as const, 'sunrise' as const), offsetMinutes: offset }),
	levels: fc.uniqueArray(fc.record({ from: time, level: percent }), {
		minLength: 1,
		maxLength: 8,
		selector: ({ from }) => from,
	}),
});
const profileOf = (
	usage: LightUsage,
	plans: LightProfile['plans'],
	activity: LightProfile['activity'] = null,
): LightProfile => ({
	...fullNight,
	usage,
	plans,
	activity,
});

describe('the town’s clock', () => {
	test('finds the instant that its clocks show, over both changes of the hour', () => {
		fc.assert(
			fc.property(instant, (at) => {
				const clock = townClock(at);
				const found = townInstant(clock.slice(0, 10), clock.slice(11, 16));
				// The hour that comes twice in autumn is its first.
				expect([0, 3_600_000]).toContain(at - (at % 60_000) - found);
			}),
		);
		expect(townInstant('2026-03-29', '02:30')).toBe(Date.UTC(2026, 2, 29, 1, 30));
		expect(townInstant('2026-10-25', '02:30')).toBe(Date.UTC(2026, 9, 25, 0, 30));
	});
});

describe('the sun', () => {
	// The hours of the almanac of the IMCCE for Paris, to two minutes.
	test.each([
		['2026-06-21', '21:58', '05:47'],
		['2026-12-21', '16:56', '08:42'],
		['2026-03-20', '19:03', '06:52'],
	])('sets and rises over Paris as the almanac says, night of %s', (night, sunset, sunrise) => {
		const { sun } = nightLevels(fullNight, night, ...paris);
		const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
		expect(Math.abs(minutes(townClock(sun.sunset).slice(11)) - minutes(sunset))).toBeLessThanOrEqual(2);
		expect(Math.abs(minutes(townClock(sun.sunrise).slice(11)) - minutes(sunrise))).toBeLessThanOrEqual(2);
		expect(sun.sunset < sun.dusk && sun.dusk < sun.dawn && sun.dawn < sun.sunrise).toBe(true);
	});
});

describe('a profile', () => {
	test('gives a level from 0 to 100 at any instant, dark between switch-off and switch-on', () => {
		fc.assert(
			fc.property(plan, instant, (given, at) => {
				const level = levelAt({ plans: [given] }, at, ...paris);
				expect(level).toBeGreaterThanOrEqual(0);
				expect(level).toBeLessThanOrEqual(100);
				const { sun } = nightLevels({ plans: [given] }, nightOf(at), ...paris);
				const on = sun[given.on.sun] + given.on.offsetMinutes * 60_000;
				const off = sun[given.off.sun] + given.off.offsetMinutes * 60_000;
				if (at < on || at >= off) expect(level).toBe(0);
			}),
		);
	});

	test('follows its hours on the town’s clock and the first plan that fits', () => {
		const winter = {
			season: { from: '10-15', to: '03-31' },
			weekdays: null,
			dates: null,
			on: { sun: 'sunset', offsetMinutes: 0 },
			off: { sun: 'sunrise', offsetMinutes: 0 },
			levels: [
				{ from: null, level: 90 },
				{ from: '22:00', level: 30 },
				{ from: '06:00', level: 60 },
			],
		} as const;
		const profile = { plans: [winter, { ...winter, season: null, levels: [{ from: null, level: 10 }] }] };
		const at = (day: string, clock: string) => levelAt(profile, townInstant(day, clock), ...paris);
		expect([
			at('2026-11-24', '18:00'),
			at('2026-11-24', '22:00'),
			at('2026-11-25', '05:59'),
			at('2026-11-25', '06:00'),
			at('2026-11-25', '12:00'),
		]).toEqual([90, 30, 30, 60, 0]);
		expect(at('2026-07-01', '23:00')).toBe(10);
	});
});

describe('the arrêté of 27 December 2018', () => {
	const limited = fc.constantFrom<LightUsage>(
		'heritage',
		'building',
		'park',
		'car_park',
		'shop_window',
		'business',
	);

	test('what passes the check is lit within the hours of article 2, every night', () => {
		fc.assert(
			fc.property(limited, plan, fc.tuple(time, time), (usage, given, [opens, closes]) => {
				const profile = profileOf(usage, [given], { opens, closes });
				if (checkProfile(profile, 2026, ...paris).some(({ severity }) => severity === 'refused')) return;
				for (let night = '2026-01-01'; night < '2027-01-01'; night = dayAfter(night, 9)) {
					const levels = nightLevels(profile, night, ...paris);
					const hours = legalHours(usage, levels, profile.activity);
					for (let at = levels.from; at < levels.to; at += 10 * 60_000)
						if (levelIn(levels, at) > 0) expect(isLegal(hours, at)).toBe(true);
				}
			}),
			{ numRuns: 25 },
		);
	});

	test('refuses a park after one o’clock or an hour after closing, and names the article', () => {
		const all = {
			...fullNight.plans[0],
			levels: [{ from: null, level: 50 }],
		} as LightProfile['plans'][number];
		expect(checkProfile(profileOf('park', [all]), 2026, ...paris)[0]).toMatchObject({
			severity: 'refused',
			article: expect.stringContaining('art. 2'),
			key: 'light.law.after.one',
		});
		const until = (clock: string) => ({
			...all,
			levels: [
				{ from: null, level: 50 },
				{ from: clock, level: 0 },
			],
		});
		expect(checkProfile(profileOf('park', [until('01:00')]), 2026, ...paris)).toEqual([]);
		const closing = { opens: '08:00', closes: '20:00' };
		expect(checkProfile(profileOf('park', [until('21:00')], closing), 2026, ...paris)).toEqual([]);
		expect(checkProfile(profileOf('park', [until('21:01')], closing), 2026, ...paris)[0]?.key).toBe(
			'light.law.after.closing',
		);
	});

	test('leaves roads to the mayor, asks for the decision of a dark street, and looks at lamps', () => {
		const dark = {
			...fullNight.plans[0],
			levels: [
				{ from: null, level: 80 },
				{ from: '23:30', level: 0 },
			],
		} as LightProfile['plans'][number];
		const keys = (profile: LightProfile) => checkProfile(profile, 2026, ...paris).map(({ key }) => key);
		expect(keys(profileOf('road', [dark]))).toEqual(['light.law.darkRoad', 'light.law.road']);
		expect(keys({ ...profileOf('road', [dark]), decision: 'Arrêté 2026-1' })).toEqual(['light.law.road']);
		const lamp = {
			usage: 'road' as const,
			builtUp: true,
			colourKelvin: 4000,
			upwardPercent: 5,
			installedOn: '2023-01-01',
		};
		expect(checkLuminaire(lamp).map(({ key, severity }) => [key, severity])).toEqual([
			['light.law.colour', 'warning'],
			['light.law.upward', 'warning'],
		]);
		expect(checkLuminaire({ ...lamp, usage: 'sports' })).toEqual([]);
	});
});

describe('a lamp’s level', () => {
	const none = fc.constant(-1);
	const wishes = fc.record({
		base: percent,
		emergency: fc.oneof(none, percent),
		test: fc.oneof(none, percent),
		event: fc.oneof(none, percent),
		presence: fc.oneof(none, percent),
		safeLevel: percent,
		dimmable: fc.boolean(),
	});
	test('keeps to the order of its reasons; presence never lowers', () => {
		fc.assert(
			fc.property(wishes, (given) => {
				const { level, reason } = chooseLevel(given);
				expect(level).toBeGreaterThanOrEqual(0);
				expect(level).toBeLessThanOrEqual(100);
				if (!given.dimmable) expect([0, 100]).toContain(level);
				const first = (['emergency', 'test', 'event'] as const).find((kind) => given[kind] >= 0);
				if (first) expect(reason).toBe(first);
				else if (given.dimmable) {
					expect(level).toBeGreaterThanOrEqual(given.base);
					if (given.presence >= 0) expect(level).toBeGreaterThanOrEqual(given.safeLevel);
				}
			}),
		);
	});
});

describe('presence', () => {
	/** A straight street of ten lamps and a junction at its end with two side streets. */
	const graph = {
		segments: [
			{ startNode: 'a', endNode: 'b', lengthMeters: 225 },
			{ startNode: 'b', endNode: 'c', lengthMeters: 100 },
			{ startNode: 'd', endNode: 'b', lengthMeters: 100 },
		],
		lamps: [
			...Array.from({ length: 10 }, (_, n) => ({ segment: 0, alongMeters: n * 25 })),
			{ segment: 1, alongMeters: 20 },
			{ segment: 2, alongMeters: 80 },
		],
		sensors: Array.from({ length: 10 }, (_, n) => ({ segment: 0, alongMeters: n * 25 })),
	};
	const reaches = reachOfSensors(graph, 250);
	const raised = (sensor: number, ahead: Side, speed = 1.3) => {
		const lamps: number[] = [];
		const reach = reaches[sensor];
		if (reach)
			lampsToRaise(
				reach,
				{ ahead, speed },
				0,
				() => ({ aheadMeters: 60, holdSeconds: 20 }),
				(lamp) => lamps.push(lamp),
			);
		return lamps.sort((a, b) => a - b);
	};

	test('reaches across junctions by the shortest way', () => {
		const reach = reaches[8]?.lamps ?? [];
		expect(reach.find(({ index }) => index === 10)).toEqual({ index: 10, meters: 45, side: 1 });
		expect(reach.find(({ index }) => index === 11)).toEqual({ index: 11, meters: 45, side: 1 });
	});

	test('raises what is ahead only, both ways where nobody knows, and all branches of a junction', () => {
		expect(raised(4, 1)).toEqual([4, 5, 6]);
		expect(raised(4, -1)).toEqual([2, 3, 4]);
		expect(raised(4, 0)).toEqual([2, 3, 4, 5, 6]);
		expect(raised(8, 1)).toEqual([8, 9, 10, 11]);
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 9 }),
				fc.constantFrom<Side>(1, -1),
				fc.double({ min: 0.5, max: 12, noNaN: true }),
				(sensor, ahead, speed) => {
					for (const lamp of raised(sensor, ahead, speed)) {
						const found = reaches[sensor]?.lamps.find(({ index }) => index === lamp);
						expect(found?.side === -ahead ? (found?.meters ?? 0) : 0).toBeLessThanOrEqual(behindMeters);
					}
				},
			),
		);
	});

	test('infers where somebody goes and how fast, and says that it does not know', () => {
		const passages = createPassages(reaches);
		expect(passages.detect(2, 0, 0).ahead).toBe(0);
		const walker = passages.detect(4, 40_000, 0);
		expect(walker.ahead).toBe(1);
		expect(walker.speed).toBeCloseTo(1.25);
		// From both sides at once.
		const crowd = createPassages(reaches);
		crowd.detect(2, 0, 0);
		crowd.detect(6, 0, 0);
		expect(crowd.detect(4, 40_000, 0).ahead).toBe(0);
		// Nobody walks 50 m in a tenth of a second.
		const other = createPassages(reaches);
		other.detect(2, 0, 0);
		expect(other.detect(4, 100, 0).ahead).toBe(0);
		expect(other.detect(6, 200, -1).ahead).toBe(-1);
	});

	test('is the same again for the same detections', () => {
		const detection = fc.record({
			sensor: fc.integer({ min: 0, max: 9 }),
			after: fc.integer({ min: 0, max: 100_000 }),
		});
		fc.assert(
			fc.property(fc.array(detection, { maxLength: 40 }), (detections) => {
				const run = () => {
					const passages = createPassages(reaches);
					let at = 0;
					return detections.map(({ sensor, after }) => {
						at += after;
						return passages.detect(sensor, at, 0);
					});
				};
				expect(run()).toEqual(run());
			}),
		);
	});
});

test('most lamps of a cabinet at once are one fault', () => {
	const silent = (id: string, cabinetId: string | null) => ({
		id,
		cabinetId,
		kind: 'no_answer' as const,
		detail: null,
	});
	const totals = new Map([
		['a', 4],
		['b', 20],
	]);
	const found = faultsOf(
		[silent('1', 'a'), silent('2', 'a'), silent('3', 'a'), silent('4', 'b'), silent('5', null)],
		totals,
	);
	expect(found.map((fault) => (fault.subject === 'cabinet' ? fault.cabinetId : fault.id))).toEqual([
		'a',
		'4',
		'5',
	]);
	expect(townDay(0)).toBe('1970-01-01');
});
