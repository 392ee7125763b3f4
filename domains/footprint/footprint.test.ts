import { anonymous, newId, system } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFootprint, type Footprint, type FootprintPosting } from './index.ts';
import { fromMillionths, type Line, linesToAppend, toMillionths } from './rules/correction.ts';

let made: TestPlatform<{ footprint: Footprint }>;
beforeAll(async () => {
	made = await createTestPlatform((platform) => ({ footprint: createFootprint(platform) }), {
		PARVIS_ROLES: 'web',
	});
});
afterAll(() => made.close());

const posting = (more: Partial<FootprintPosting> = {}): FootprintPosting => ({
	key: `waste/round/${newId()}/diesel`,
	day: '2026-11-24',
	service: 'waste',
	quantity: 12,
	unit: 'l',
	factor: 'diesel_litre',
	baseline: { fr: 'la tournée fixe du mardi', en: 'the fixed round of Tuesday' },
	method: { fr: 'kilomètres mesurés × consommation déclarée', en: 'kilometres measured × declared use' },
	simulated: false,
	...more,
});

const post = (...postings: FootprintPosting[]) =>
	made.platform
		.db<unknown>()
		.transaction()
		.execute((trx) => made.built.footprint.post(trx, postings));

async function linesOf(key: string) {
	const { items } = await made.built.footprint.entries({ pageSize: 1000 });
	return items.filter((item) => item.key === key);
}

const sum = (numbers: readonly (number | null)[]) =>
	// A rounded sum just below zero is −0, which is no other quantity.
	Math.round(numbers.reduce<number>((all, one) => all + (one ?? 0), 0) * 1e6) / 1e6 + 0;

describe('posting', () => {
	it('keeps the factor of the day with its source, and is harmless when repeated', async () => {
		const one = posting();
		await post(one);
		await post(one, one);
		expect(await linesOf(one.key)).toMatchObject([
			{
				quantity: 12,
				kilograms: 37.2,
				factor: { code: 'diesel_litre', kilogramsPerUnit: 3.1, year: 2022 },
				corrects: null,
			},
		]);
	});

	it('corrects by the difference, and never rewrites', async () => {
		const one = posting({ quantity: 0.1 });
		await post(one);
		await post({ ...one, quantity: 0.3 });
		await post({ ...one, quantity: -2 });
		const lines = await linesOf(one.key);
		expect(lines.map(({ quantity }) => quantity)).toEqual([0.1, 0.2, -2.3]);
		expect(lines[1]?.corrects).toBe(lines[0]?.id);
		for (const change of ['UPDATE footprint.entry SET quantity = 9', 'DELETE FROM footprint.entry'])
			await expect(made.platform.pool.query(change)).rejects.toThrow('append-only');
	});

	it('takes few locks however large the batch: the server has room for some thousands', async () => {
		const held = await made.platform
			.db<unknown>()
			.transaction()
			.execute(async (trx) => {
				await made.built.footprint.post(
					trx,
					Array.from({ length: 3000 }, () =>
						posting({ day: '2021-01-05', service: 'large', simulated: true }),
					),
				);
				const { rows } = await sql<{ held: number }>`SELECT count(*)::int AS held FROM pg_locks
					WHERE locktype = 'advisory' AND pid = pg_backend_pid()`.execute(trx);
				return rows[0]?.held;
			});
		expect(held).toBeLessThanOrEqual(256);
	});

	it('reverses what stood when the day or the subject was wrong', async () => {
		const one = posting({ day: '2026-09-30', service: 'lighting', unit: 'kWh', factor: 'electricity_kwh' });
		await post(one);
		await post({ ...one, day: '2026-10-01', simulated: true });
		const lines = await linesOf(one.key);
		expect(lines.map(({ day, quantity, simulated }) => [day, quantity, simulated]).sort()).toEqual([
			['2026-09-30', -12, false],
			['2026-09-30', 12, false],
			['2026-10-01', 12, true],
		]);
	});

	it('counts no carbon for hours, refuses a unit that is not the factor’s and an unknown factor', async () => {
		const hours = posting({ unit: 'h', factor: null });
		await post(hours);
		expect(await linesOf(hours.key)).toMatchObject([{ kilograms: null, factor: null }]);
		await expect(post(posting({ unit: 'km' }))).rejects.toThrow('diesel_litre is for l');
		await expect(post(posting({ factor: 'magic' }))).rejects.toThrow('no emission factor');
		await expect(post(posting({ quantity: Number.NaN }))).rejects.toThrow('no quantity');
	});

	it('keeps stated carbon with its range and source, and reverses it exactly', async () => {
		const carbon = { low: 20.1, mid: 42.4, high: 70.3, source: 'ADEME, 2022' };
		const one = posting({
			unit: 'year',
			factor: null,
			quantity: 1,
			carbon,
			service: 'equipment',
			day: '2024-03-31',
		});
		await post(one, one);
		await post({ ...one, quantity: 2, carbon: { ...carbon, low: 40, mid: 80, high: 150 } });
		const sums = async () => {
			const lines = await linesOf(one.key);
			return [
				lines.length,
				sum(lines.map(({ quantity }) => quantity)),
				...(['low', 'kilograms', 'high'] as const).map((end) => sum(lines.map((line) => line[end]))),
			];
		};
		expect(await sums()).toEqual([2, 2, 40, 80, 150]);
		expect((await made.built.footprint.months()).find(({ month }) => month === '2024-03')).toMatchObject({
			kilograms: 80,
			low: 40,
			high: 150,
		});
		expect(await made.built.footprint.lines('2024-03')).toMatchObject([
			{ kilograms: 80, low: 40, high: 150, factor: null, statedSource: 'ADEME, 2022', unit: 'year' },
		]);
		await post({ ...one, quantity: 0, carbon: { ...carbon, low: 0, mid: 0, high: 0 } });
		expect(await sums()).toEqual([3, 0, 0, 0, 0]);
		await expect(post({ ...one, factor: 'diesel_litre' })).rejects.toThrow('states its carbon');
		await expect(post({ ...one, carbon: { ...carbon, low: 50 } })).rejects.toThrow('no range of carbon');
	});

	it('is idempotent when many transactions post at once, in any order of keys', async () => {
		const keys = [newId(), newId(), newId()];
		const batch = keys.map((key) => posting({ key }));
		await Promise.all(Array.from({ length: 12 }, (_, n) => post(...(n % 2 ? batch : batch.toReversed()))));
		for (const key of keys) expect(await linesOf(key)).toHaveLength(1);
	});

	it('takes thousands at once, beside others that post a few of the same', async () => {
		const batch = Array.from({ length: 3000 }, (_, n) => posting({ key: `many/${n}`, day: '2023-01-01' }));
		await Promise.all([post(...batch), post(...batch.slice(0, 5)), post(...batch.toReversed())]);
		const { total } = await made.built.footprint.entries({ month: '2023-01' });
		expect(total).toBe(3000);
	});

	it('leaves nothing when its transaction fails', async () => {
		const one = posting();
		await expect(
			made.platform
				.db<unknown>()
				.transaction()
				.execute(async (trx) => {
					await made.built.footprint.post(trx, [one]);
					throw new Error('the truck turned back');
				}),
		).rejects.toThrow('turned back');
		expect(await linesOf(one.key)).toEqual([]);
	});

	it('stands at what was posted last, whatever came before', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 4 }), {
					minLength: 1,
					maxLength: 4,
				}),
				async (batches) => {
					const one = posting({ key: newId() });
					for (const batch of batches) await post(...batch.map((quantity) => ({ ...one, quantity })));
					const last = Math.round((batches.at(-1)?.at(-1) ?? 0) * 1e6) / 1e6;
					const lines = await linesOf(one.key);
					expect(sum(lines.map(({ quantity }) => quantity))).toBe(last === 0 ? 0 : last);
					expect(sum(lines.map(({ kilograms }) => kilograms))).toBeCloseTo(last * 3.1, 4);
				},
			),
			// The first example: lines whose floats add up to a trace below zero.
			{ numRuns: 15, examples: [[[[0.3], [0.2], [0]]]] },
		);
	});
});

describe('the rule of corrections', () => {
	const line = fc.record({
		day: fc.constantFrom('2026-11-01', '2026-11-02'),
		service: fc.constantFrom('waste', 'lighting'),
		unit: fc.constant('l'),
		factor: fc.constantFrom(null, 'diesel_litre'),
		simulated: fc.boolean(),
		stated: fc.constantFrom(null, null, 'a study of 2022', 'a study of 2026'),
		millionths: fc.integer({ min: -1e9, max: 1e9 }),
		carbon: fc.record({
			low: fc.integer({ min: -1e9, max: 1e9 }),
			mid: fc.integer({ min: -1e9, max: 1e9 }),
			high: fc.integer({ min: -1e9, max: 1e9 }),
		}),
	}) as fc.Arbitrary<Line>;
	const total = (lines: readonly Line[]) => lines.reduce((all, { millionths }) => all + millionths, 0);

	it('ends at the last posting, in its own subject alone, and adds nothing the second time', () => {
		fc.assert(
			fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (postings) => {
				const history: Line[] = [];
				for (const posted of postings) history.push(...linesToAppend(history, posted));
				const last = postings.at(-1) as Line;
				expect(linesToAppend(history, last)).toEqual([]);
				expect(total(history)).toBe(last.millionths);
				expect(total(history.filter(({ day }) => day !== last.day))).toBe(0);
				for (const end of ['low', 'mid', 'high'] as const)
					expect(history.reduce((all, { carbon }) => all + carbon[end], 0)).toBe(last.carbon[end]);
			}),
		);
	});

	it('writes quantities without a float between', () => {
		fc.assert(
			fc.property(fc.maxSafeInteger(), (millionths) => {
				expect(Number(fromMillionths(millionths))).toBeCloseTo(millionths / 1e6, 4);
			}),
		);
		expect(fromMillionths(-1)).toBe('-0.000001');
		expect(toMillionths(0.1 + 0.2)).toBe(300_000);
	});
});

describe('reading', () => {
	it('keeps measured and simulated apart, by month and service, with what explains each number', async () => {
		const month = '2025-03';
		await post(
			posting({ day: `${month}-01`, quantity: 10 }),
			posting({ day: `${month}-31`, quantity: -4 }),
			posting({ day: `${month}-15`, quantity: 100, simulated: true }),
		);
		const months = (await made.built.footprint.months()).filter((one) => one.month === month);
		expect(months.map(({ simulated, kilograms }) => [simulated, kilograms])).toEqual([
			[false, 18.6],
			[true, 310],
		]);
		const lines = await made.built.footprint.lines(month);
		expect(lines).toHaveLength(2);
		expect(lines.find(({ simulated }) => !simulated)).toMatchObject({
			quantity: 6,
			unit: 'l',
			entries: 2,
			factor: { source: expect.stringContaining('ADEME'), caveat: { fr: 'année de publication à vérifier' } },
			baseline: { fr: 'la tournée fixe du mardi' },
		});
		expect(await made.built.footprint.lines('2025-13')).toEqual([]);
		const summary = await made.built.footprint.summary({ since: '2025-03-01' });
		expect(summary.measured).not.toBeNull();
		expect(await made.built.footprint.summary({ service: 'nobody' })).toEqual({
			measured: null,
			simulated: null,
		});
	});

	it('offers every entry as a dataset', async () => {
		const { source } = made.platform.datasets.all().find(({ room }) => room === 'footprint') ?? {};
		const rows = [];
		for await (const row of source?.rows() ?? []) rows.push(row);
		expect(rows.length).toBeGreaterThan(5);
		expect(rows[0]).toHaveLength(source?.columns.length ?? 0);
	});
});

describe('factors', () => {
	const manager = {
		kind: 'person',
		id: newId(),
		displayName: 'M',
		roles: ['footprint:manager'],
		scopes: [],
		secondFactor: true,
	} as const;
	const input = {
		code: 'car_km',
		validFrom: '2026-06-01',
		kilogramsPerUnit: 0.18,
		source: 'ADEME, Impact CO2',
		year: 2026,
	};

	it('serve the days from their first on; entries keep theirs, corrections too', async () => {
		const before = posting({ day: '2026-06-02', unit: 'km', factor: 'car_km', quantity: 1 });
		await post(before);
		const added = await made.built.footprint.factors.add(manager, input);
		expect(added).toMatchObject({ ok: true, value: { unit: 'km', caveat: null } });
		await post({ ...before, quantity: 3 });
		const [early, late] = [
			posting({ day: '2026-05-31', unit: 'km', factor: 'car_km' }),
			posting({ day: '2026-06-01', unit: 'km', factor: 'car_km' }),
		];
		await post(early, late);
		expect((await linesOf(before.key)).map(({ factor }) => factor?.kilogramsPerUnit)).toEqual([0.192, 0.192]);
		expect((await linesOf(early.key))[0]?.factor?.kilogramsPerUnit).toBe(0.192);
		expect((await linesOf(late.key))[0]?.factor?.kilogramsPerUnit).toBe(0.18);
		expect(await made.platform.audit.list({ action: 'footprint.' })).toHaveLength(1);
	});

	it('refuse strangers, a day that is taken, an unknown code and values that are none', async () => {
		const { add } = made.built.footprint.factors;
		expect(await add(anonymous, input)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await add(system, { ...input, validFrom: '2020-01-01' })).toMatchObject({
			error: 'footprint.factor_day_taken',
		});
		expect(await add(system, { ...input, code: 'magic' })).toMatchObject({
			error: 'footprint.factor_unknown',
		});
		for (const [change, error] of [
			[{ kilogramsPerUnit: Number.NaN }, 'footprint.value_invalid'],
			[{ kilogramsPerUnit: -1 }, 'footprint.value_invalid'],
			[{ source: ' ' }, 'footprint.source_missing'],
			[{ validFrom: '2026-02-30' }, 'footprint.day_invalid'],
		] as const)
			expect(await add(system, { ...input, ...change })).toMatchObject({ error });
	});
});
