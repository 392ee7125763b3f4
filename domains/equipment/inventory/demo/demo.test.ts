import { system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../../testing.ts';
import type { DeviceChanges } from '../face.ts';
import { type DeviceRow, fieldsOf } from '../rows.ts';
import { replay } from '../rules/fields.ts';
import { fillDemo } from './index.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment();
	await fillDemo(made.context);
	await fillDemo(made.context);
});
afterAll(() => made?.close());

test('900 devices are there with ten years behind them, all simulated; a second time adds none', async () => {
	const counts = await made.equipment.inventory.devices.counts(system);
	expect(counts.ok && counts.value.present).toBe(900);
	const { rows } = await made.platform.pool.query(
		`SELECT count(*) FILTER (WHERE NOT simulated)::int AS real, min(bought_on)::text AS first,
			count(*) FILTER (WHERE status = 'left')::int AS gone,
			count(*) FILTER (WHERE acquired = 'refurbished' AND status <> 'left')::float / 900 AS refurbished
			FROM equipment.device`,
	);
	expect(rows[0].real).toBe(0);
	expect(rows[0].first < '2017-12-31').toBe(true);
	expect(rows[0].gone).toBeGreaterThan(300);
	expect(rows[0].refurbished).toBeGreaterThan(0.1);
	const { rows: late } = await made.platform.pool.query(
		'SELECT kind, at FROM equipment.device_event WHERE at > $1',
		[made.context.now()],
	);
	expect(late, 'nothing happens after today').toEqual([]);
});

test('each invented history replays to its device', async () => {
	const { rows: devices } = await made.platform.pool.query<DeviceRow>('SELECT * FROM equipment.device');
	const { rows: events } = await made.platform.pool.query(
		'SELECT device_id, changes FROM equipment.device_event ORDER BY id',
	);
	const histories = Map.groupBy(events, ({ device_id }) => device_id);
	const known = (fields: object) =>
		Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
	for (const device of devices)
		expect(
			known(replay((histories.get(device.id) ?? []).map(({ changes }) => changes as DeviceChanges))),
		).toEqual(known(fieldsOf(device)));
});
