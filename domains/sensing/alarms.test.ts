import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Condition, fold, isWithin, restingState } from './alarms/conditions.ts';
import type { Sensing } from './index.ts';
import { parsePlain } from './ingest/networks.ts';
import { actors, createTestSensing, declareDevice } from './testing.ts';

const above = (hysteresis: number, durationSeconds = 0): Condition => ({
	kind: 'above',
	threshold: 10,
	hysteresis,
	durationSeconds,
});
const series = fc.uniqueArray(
	fc.record({
		at: fc.integer({ min: 0, max: 500 }).map((n) => n * 60_000),
		value: fc.integer({ min: 0, max: 20 }),
	}),
	{
		selector: ({ at }) => at,
		minLength: 1,
		maxLength: 60,
	},
);

describe('a condition', () => {
	test('stands where it stands whatever order observations come in', () => {
		fc.assert(
			fc.property(
				series,
				fc.integer({ min: 0, max: 5 }),
				fc.integer({ min: 0, max: 900 }),
				fc.infiniteStream(fc.double()),
				(list, hysteresis, seconds, order) => {
					const shuffled = list
						.map((item) => ({ item, key: order.next().value ?? 0 }))
						.sort((a, b) => a.key - b.key);
					const condition = above(hysteresis, seconds);
					expect(
						fold(
							condition,
							null,
							restingState,
							shuffled.map(({ item }) => item),
						),
					).toEqual(fold(condition, null, restingState, list));
				},
			),
		);
	});

	test('takes in parts or at once alike', () => {
		fc.assert(
			fc.property(series, fc.nat(60), (list, cut) => {
				const sorted = list.toSorted((a, b) => a.at - b.at);
				const first = fold(above(2, 120), null, restingState, sorted.slice(0, cut));
				expect(fold(above(2, 120), null, first.state, sorted.slice(cut)).state).toEqual(
					fold(above(2, 120), null, restingState, sorted).state,
				);
			}),
		);
	});

	test('alternates raise and clear, and does not flap within its hysteresis', () => {
		fc.assert(
			fc.property(series, (list) => {
				const { transitions } = fold(above(3), null, restingState, list);
				for (const [i, { kind, value }] of transitions.entries()) {
					expect(kind).toBe(i % 2 ? 'clear' : 'raise');
					if (kind === 'raise') expect(value).toBeGreaterThan(10);
					else expect(value).toBeLessThanOrEqual(7);
				}
			}),
		);
	});

	test('waits for its duration without a break', () => {
		const minutes = (values: number[]) => values.map((value, n) => ({ at: n * 60_000, value }));
		expect(fold(above(0, 180), null, restingState, minutes([11, 11, 11])).transitions).toEqual([]);
		expect(fold(above(0, 180), null, restingState, minutes([11, 11, 9, 11, 11, 11])).transitions).toEqual([]);
		expect(fold(above(0, 180), null, restingState, minutes([11, 11, 11, 11])).transitions).toMatchObject([
			{ kind: 'raise', at: 180_000 },
		]);
	});

	test('sees a change that is too fast', () => {
		const rate: Condition = { kind: 'rate', perHour: 5, durationSeconds: 0 };
		const at = (hours: number, value: number) => ({ at: hours * 3_600_000, value });
		expect(fold(rate, null, restingState, [at(0, 20), at(1, 24), at(2, 12)]).transitions).toMatchObject([
			{ kind: 'raise', value: 12 },
		]);
	});

	test('keeps to its schedule by the clock of Paris, past midnight too', () => {
		const nights = { days: [5], from: '22:00', to: '06:00' };
		// 2026-11-20 is a Friday; Paris is an hour ahead.
		for (const [instant, within] of [
			['2026-11-20T20:59:00Z', false],
			['2026-11-20T21:00:00Z', true],
			['2026-11-21T04:59:00Z', true],
			['2026-11-21T05:00:00Z', false],
			['2026-11-21T21:30:00Z', false],
		] as const)
			expect(isWithin(nights, Date.parse(instant)), instant).toBe(within);
	});
});

describe('alarms', () => {
	let running: TestPlatform<{ sensing: Sensing }>;
	let sensing: Sensing;
	let deviceId: string;
	const raised: object[] = [];

	beforeAll(async () => {
		running = await createTestPlatform((platform) => {
			platform.events.subscribe<object>(
				'test',
				'sensing.alarm.raised',
				async ({ payload }) => void raised.push(payload),
			);
			return createTestSensing(platform);
		});
		sensing = running.built.sensing;
		deviceId = await declareDevice(sensing, 'veille');
		const created = await sensing.alarms.rules.create(actors.manager, {
			name: 'Trop chaud',
			property: 'temperature',
			condition: { kind: 'above', threshold: 28, hysteresis: 2 },
			recipients: ['agent@exemple.fr'],
			severity: 'critical',
		});
		if (!created.ok) throw new Error(created.error);
	});
	afterAll(() => running.close());

	const say = async (minutesAgo: number, temperature: number) => {
		const time = new Date(Date.now() - minutesAgo * 60_000).toISOString();
		const payload = Buffer.from(JSON.stringify({ time, values: { temperature } }));
		const { messages, rejected } = parsePlain('http', 'veille', payload, new Date());
		await sensing.ingest.accept(messages, rejected, { source: 'http', topic: null, payload });
	};
	const settled = async () => {
		await sensing.flush();
		await until(
			async () => (await running.platform.pool.query('SELECT 1 FROM sensing.alarm_pending')).rowCount === 0,
		);
	};
	const open = async () => {
		await settled();
		const list = await sensing.alarms.list(actors.agent, { status: 'open' });
		return list.ok ? list.value.items : [];
	};

	test('of last month’s import are not raised; of now they are, once, with a mail and an event', async () => {
		await say(40 * 24 * 60, 35);
		await say(40 * 24 * 60 - 5, 20);
		expect(await open()).toEqual([]);
		await say(10, 29);
		await say(9, 30);
		await say(9, 30);
		const [alarm, ...more] = await open();
		expect(more).toEqual([]);
		expect(alarm).toMatchObject({
			severity: 'critical',
			value: 29,
			status: 'raised',
			property: 'temperature',
		});
		await sensing.alarms.watch.notify();
		await sensing.alarms.watch.notify();
		expect((await running.platform.mail.list()).filter(({ to }) => to === 'agent@exemple.fr')).toHaveLength(
			1,
		);
		await until(() => raised.length === 1);
	});

	test('are acknowledged by agents only, once, and clear by themselves below the band', async () => {
		const [alarm] = await open();
		const id = alarm?.id ?? '';
		expect(await sensing.alarms.acknowledge(actors.visitor, id)).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await sensing.alarms.acknowledge(actors.agent, id, 'J’y vais')).toMatchObject({
			ok: true,
			value: { status: 'acknowledged', note: 'J’y vais' },
		});
		expect(await sensing.alarms.acknowledge(actors.agent, id)).toMatchObject({
			error: 'sensing.alarm_settled',
		});
		await say(8, 27);
		expect(await open()).toHaveLength(1);
		await say(7, 25);
		expect(await open()).toEqual([]);
	});

	test('end when a late observation shows that there was no cause', async () => {
		await say(5, 29);
		expect(await open()).toHaveLength(1);
		await say(4, 20);
		expect(await open()).toEqual([]);
		await say(3, 29);
		expect(await open()).toHaveLength(1);
		// Arrives after, happened before: what stands is decided by the newest.
		await say(3.5, 10);
		expect(await open()).toHaveLength(1);
	});

	test('of silence are raised by the clock and end when the device speaks', async () => {
		await sensing.alarms.rules.create(actors.manager, {
			name: 'Muet',
			condition: { kind: 'silence', intervals: 3 },
		});
		await settled();
		await sensing.alarms.watch.tick(new Date(Date.now() + 60 * 60_000));
		expect((await open()).map(({ rule }) => rule.name)).toContain('Muet');
		await say(0, 20);
		await settled();
		await sensing.alarms.watch.tick(new Date());
		expect((await open()).map(({ rule }) => rule.name)).not.toContain('Muet');
		expect(deviceId).toBeTruthy();
	});

	test('rules that make no sense are refused in words', async () => {
		const refusals = await Promise.all([
			sensing.alarms.rules.create(actors.manager, { name: 'x', condition: { kind: 'above', threshold: 1 } }),
			sensing.alarms.rules.create(actors.manager, {
				name: '',
				property: 'temperature',
				condition: { kind: 'above', threshold: 1 },
			}),
			sensing.alarms.rules.create(actors.agent, {
				name: 'x',
				property: 'temperature',
				condition: { kind: 'above', threshold: 1 },
			}),
			sensing.alarms.rules.update(actors.manager, 'nulle part', {
				name: 'x',
				property: 'temperature',
				condition: { kind: 'above', threshold: 1 },
			}),
		]);
		expect(refusals.map((result) => (result.ok ? 'taken' : result.error))).toEqual([
			'sensing.alarm_rule_property',
			'sensing.field_invalid',
			'platform.not_allowed',
			'sensing.alarm_rule_unknown',
		]);
	});
});
