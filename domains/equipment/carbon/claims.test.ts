import { newId, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeDevice, createDevice, type NewDevice } from '../inventory/changing.ts';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let town: TestEquipment;
let laptop: string;
beforeAll(async () => {
	town = await createTestEquipment();
	laptop = newId();
	await town.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Essai', 'Portable', 'laptop', now())`,
		[laptop],
	);
});
afterAll(() => town.close());
beforeEach(() => {
	town.clock.now = new Date('2026-11-24T08:00:00Z');
});

async function device(fields: Partial<NewDevice> = {}): Promise<string> {
	const created = await town.context.db.transaction().execute((trx) =>
		createDevice(
			town.context,
			trx,
			system,
			{
				modelId: laptop,
				status: 'in_use',
				acquired: 'new',
				boughtOn: '2018-01-01',
				inUseOn: '2018-01-01',
				...fields,
			},
			{ kind: 'created', at: new Date('2018-01-01T08:00:00Z') },
		),
	);
	if (!created.ok) throw new Error(created.error);
	return created.value.id;
}

async function change(id: string, changes: Parameters<typeof changeDevice>[4], at?: string) {
	const changed = await town.context.db.transaction().execute((trx) =>
		changeDevice(town.context, trx, system, id, changes, {
			kind: 'edited',
			...(at && { at: new Date(at) }),
		}),
	);
	if (!changed.ok) throw new Error(changed.error);
}

/** An item that a resident or the town brought, as the desk keeps it. */
async function item(fields: {
	deviceId?: string | null;
	serial?: string | null;
	endedAs: string | null;
	endedOn: string | null;
}) {
	const [id, receipt] = [newId(), newId()];
	await town.platform.pool.query(
		`WITH receipt AS (INSERT INTO equipment.receipt (id, number, code_hash, received_at, recorded_at, content_hash)
			VALUES ($2, $3, '', now(), now(), '') RETURNING id)
		INSERT INTO equipment.collected_item (id, number, receipt_id, category, condition, holds_data, serial, device_id, state, ended_as, ended_on, received_at)
		SELECT $1, $3, receipt.id, 'laptop', 'works', true, $4, $5, CASE WHEN $6::text IS NULL THEN 'received' ELSE 'ended' END, $6, $7, now() FROM receipt`,
		[id, receipt, `R-${id}`, fields.serial ?? null, fields.deviceId ?? null, fields.endedAs, fields.endedOn],
	);
	return id;
}

const recompute = (deviceIds: string[], itemIds: string[] = []) =>
	town.equipment.carbon.recompute({ deviceIds, itemIds });

/** What stands in the ledger of some subjects, by key; in millionths, so that nothing is lost. */
async function ledger(
	...ids: string[]
): Promise<Record<string, { years: number; low: number; mid: number; high: number }>> {
	const { rows } = await town.platform.pool.query(
		`SELECT key, (sum(quantity) * 1000000)::float8 AS years, (sum(kilograms_low) * 1000000)::float8 AS low,
			(sum(kilograms) * 1000000)::float8 AS mid, (sum(kilograms_high) * 1000000)::float8 AS high
		FROM footprint.entry WHERE service = 'equipment' AND split_part(key, '/', 3) = ANY($1)
		GROUP BY key HAVING sum(quantity) <> 0 OR sum(kilograms) <> 0 OR sum(kilograms_low) <> 0 OR sum(kilograms_high) <> 0 ORDER BY key`,
		[ids],
	);
	return Object.fromEntries(rows.map(({ key, ...sums }) => [key, sums]));
}

async function claims(...ids: string[]) {
	const { rows } = await town.platform.pool.query(
		`SELECT 'equipment/' || subject || '/' || kind || '/' || to_char(month, 'YYYY-MM') AS key, days, low::float8 * 1e6 AS low,
			mid::float8 * 1e6 AS mid, high::float8 * 1e6 AS high
		FROM equipment.carbon_claim WHERE split_part(subject, '/', 2) = ANY($1) ORDER BY 1`,
		[ids],
	);
	return rows as { key: string; days: number; low: number; mid: number; high: number }[];
}

const daysOf = async (...ids: string[]) => (await claims(...ids)).reduce((sum, { days }) => sum + days, 0);

describe('a device kept', () => {
	it('is credited month by month beyond the four years of a laptop, for months that are over', async () => {
		const id = await device();
		await recompute([id]);
		const rows = await claims(id);
		expect(rows[0]?.key).toBe(`equipment/device/${id}/kept/2022-01`);
		expect(rows.at(-1)?.key).toBe(`equipment/device/${id}/kept/2026-10`);
		// From 1 January 2022 to 31 October 2026.
		expect(await daysOf(id)).toBe(4 * 365 + 1 + 304);
		expect(rows.every(({ low, mid, high }) => low <= mid && mid <= high && mid > 0)).toBe(true);
		expect(await recompute([id])).toMatchObject({ posted: 0 });
		town.clock.now = new Date('2026-12-01T05:00:00Z');
		expect(await recompute([id])).toMatchObject({ posted: 1 });
	});

	it('loses exactly what was claimed when it turns out to be younger, or gone, and gets it back', async () => {
		const id = await device();
		await recompute([id]);
		const before = await ledger(id);
		await change(id, { inUseOn: '2023-06-01', boughtOn: '2023-06-01' });
		await recompute([id]);
		expect(await ledger(id)).toEqual({});
		await change(id, { inUseOn: '2018-01-01', boughtOn: '2018-01-01' });
		await recompute([id]);
		expect(await ledger(id)).toEqual(before);
		await change(id, { status: 'left', leftOn: '2024-03-16', leftAs: 'recycled' });
		await recompute([id]);
		const months = Object.keys(await ledger(id));
		expect(months.at(-1)).toBe(`equipment/device/${id}/kept/2024-03`);
		expect((await claims(id)).at(-1)?.days).toBe(15);
	});

	it('is not credited while it lies in a drawer', async () => {
		const id = await device();
		await change(id, { status: 'in_stock' }, '2023-01-01T09:00:00Z');
		await change(id, { status: 'in_use' }, '2024-01-01T09:00:00Z');
		await recompute([id]);
		expect(Object.keys(await ledger(id)).some((key) => key.includes('/2023-'))).toBe(false);
		expect(await daysOf(id)).toBe(4 * 365 + 1 + 304 - 365);
	});

	it('of a kind without a footprint claims nothing', async () => {
		const model = newId();
		await town.platform.pool.query(
			`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Essai', 'Borne', 'other', now())`,
			[model],
		);
		const id = await device({ modelId: model });
		await recompute([id]);
		expect(await ledger(id)).toEqual({});
	});
});

describe('nothing counts twice', () => {
	it('a refurbished device goes from refurbished to kept', async () => {
		const id = await device({ acquired: 'refurbished', inUseOn: '2020-01-01', boughtOn: '2020-01-01' });
		await recompute([id]);
		const rows = await claims(id);
		const days = (kind: string) =>
			rows.filter(({ key }) => key.includes(`/${kind}/`)).reduce((sum, row) => sum + row.days, 0);
		expect(days('refurbished')).toBe(1096);
		expect(days('refurbished') + days('kept')).toBe(2496);
	});

	it('the town’s device collected and handed on is one, told by both', async () => {
		const id = await device({ serial: 'AB12-9931' });
		const handed = await item({ deviceId: id, endedAs: 'reused', endedOn: '2024-01-01' });
		await change(id, { status: 'left', leftOn: '2024-01-01', leftAs: 'reused' });
		await recompute([id], [handed]);
		const rows = await claims(id, handed);
		const reused = rows.filter(({ key }) => key.includes('/reused/'));
		expect(new Set(reused.map(({ key }) => key.slice(-7))).size).toBe(reused.length);
		expect(rows.reduce((sum, { days }) => sum + days, 0)).toBe(730 + 1035);
	});

	it('bought back by its serial number it carries its making once, and its second life ends', async () => {
		const serial = `ZX-${newId().slice(-8)}`;
		const first = await device({ serial });
		await change(first, { status: 'left', leftOn: '2020-01-01', leftAs: 'donated' });
		const back = await device({
			serial,
			acquired: 'refurbished',
			inUseOn: '2021-01-01',
			boughtOn: '2021-01-01',
		});
		await recompute([back]);
		// Two years in the town and one elsewhere carry three of the four years; the fourth is the first of those back.
		expect(await daysOf(first, back)).toBe(2130 - 365);
		const totals = await claims(first, back);
		expect(
			totals.filter(({ key }) => key.includes('/reused/')).every(({ days, mid }) => days === 0 && mid < 0),
		).toBe(true);
	});

	it('the ledger is the same in whatever order facts arrive, and as from scratch', async () => {
		const day = fc
			.integer({ min: 0, max: 3600 })
			.map((after) => new Date(Date.UTC(2016, 0, 1) + after * 86_400_000).toISOString().slice(0, 10));
		const history = fc.record({
			acquired: fc.constantFrom('new' as const, 'refurbished' as const, 'reused' as const),
			inUseOn: day,
			left: fc.option(
				fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.constantFrom('reused' as const, 'recycled' as const)),
			),
			sameSerial: fc.boolean(),
		});
		const told = fc.record({
			devices: fc.array(history, { minLength: 1, maxLength: 3 }),
			handed: fc.option(fc.tuple(day, fc.boolean())),
			order: fc.infiniteStream(fc.nat()),
		});
		await town.equipment.carbon.recompute(null);
		await fc.assert(
			fc.asyncProperty(told, async ({ devices, handed, order }) => {
				const serial = `S${newId().replaceAll('-', '').slice(-12)}`;
				const ids: string[] = [];
				for (const _ of devices) ids.push(await device({ inUseOn: '2026-11-01', boughtOn: '2026-11-01' }));
				const items: string[] = [];
				const facts = devices.flatMap(({ acquired, inUseOn, left, sameSerial }, at) => {
					const id = ids[at] as string;
					const leftOn =
						left && new Date(Date.parse(inUseOn) + left[0] * 86_400_000).toISOString().slice(0, 10);
					return [
						() => change(id, { acquired, inUseOn, boughtOn: inUseOn }),
						...(sameSerial ? [() => change(id, { serial })] : []),
						...(left && leftOn && leftOn < '2026-11-01' && leftOn > inUseOn
							? [() => change(id, { inUseOn, boughtOn: inUseOn, status: 'left', leftOn, leftAs: left[1] })]
							: []),
					].map((tell) => ({ tell, devices: [id] as string[] }));
				});
				if (handed)
					facts.push({
						tell: async () => {
							items.push(
								await item({
									deviceId: handed[1] ? (ids[0] as string) : null,
									serial,
									endedAs: 'reused',
									endedOn: handed[0],
								}),
							);
						},
						devices: [],
					});
				// Any order but that of one device's own dates; the ledger hears of some facts at once, of others later or twice.
				const left = [...facts];
				while (left.length) {
					const [{ tell, devices: about }] = left.splice((order.next().value as number) % left.length, 1) as [
						(typeof facts)[number],
					];
					await tell();
					if ((order.next().value as number) % 2) await recompute(about, about.length ? [] : items);
				}
				for (const id of ids.toReversed()) await recompute([id]);
				await recompute([], items);
				expect(await town.equipment.carbon.recompute(null)).toMatchObject({ posted: 0 });
				const standing = await ledger(...ids, ...items);
				const claimed = await claims(...ids, ...items);
				expect(Object.keys(standing)).toEqual(claimed.map(({ key }) => key));
				for (const { key, low, mid, high } of claimed) {
					expect(standing[key]?.mid).toBeCloseTo(mid, 0);
					expect(standing[key]?.low).toBeCloseTo(low, 0);
					expect(standing[key]?.high).toBeCloseTo(high, 0);
				}
			}),
			{ numRuns: 15 },
		);
	});
});

describe('what changes the reckoning', () => {
	it('a new assumption corrects what was posted, by events, and the old one restores it', async () => {
		const manager = await town.person('Sofia', 'equipment:manager');
		const id = await device();
		await recompute([id]);
		const before = await ledger(id);
		const change = (mid: number) =>
			town.equipment.carbon.assumptions.change(manager, {
				name: 'rebound',
				low: 0,
				mid,
				high: 0.29,
				source: 'essai',
			});
		expect(await change(0.2)).toMatchObject({ ok: true });
		await town.equipment.carbon.recompute(null);
		const after = await ledger(id);
		const key = `equipment/device/${id}/kept/2026-10`;
		expect(after[key]?.mid).toBeLessThan(before[key]?.mid ?? 0);
		await change(0.1);
		await town.equipment.carbon.recompute(null);
		expect(await ledger(id)).toEqual(before);
	});

	it('a simulated device is never summed with a real one', async () => {
		const { simulated: none } = await town.equipment.carbon.summary();
		expect(none.total.kilograms.mid).toBe(0);
		const id = await device({ simulated: true });
		await recompute([id]);
		const { measured, simulated } = await town.equipment.carbon.summary();
		expect(simulated.kinds.find(({ kind }) => kind === 'kept')).toMatchObject({ devices: 1 });
		expect(measured.total.kilograms.mid).toBeGreaterThan(simulated.total.kilograms.mid);
		expect(simulated.total.newDevices).toBeCloseTo((4 * 365 + 1 + 304) / 365.25 / 4, 6);
		const { source } =
			town.platform.datasets.all().find(({ source: { name } }) => name === 'terminaux-carbone-evite') ?? {};
		const rows = [];
		for await (const row of source?.rows() ?? []) rows.push(row);
		expect(rows.filter((row) => row[3] === true).length).toBe(58);
		expect(rows[0]).toHaveLength(source?.columns.length ?? 0);
	});
});
