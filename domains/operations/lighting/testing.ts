import { type Actor, system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { createTestOperations, type TestOperations } from '../testing.ts';

/** One street of `count` lamps 25 m apart, a sensor at every second one, and a side street from its end. */
export function streetOf(count: number, name = 'rue'): Record<string, unknown> {
	const step = 25 / (111_320 * Math.cos((46.7421 * Math.PI) / 180));
	const at = (index: number): [number, number] => [2.2136 + index * step, 46.7421];
	const lamps = Array.from({ length: count }, (_, index) => index);
	return {
		cabinets: [
			{ externalId: `${name}-armoire`, name: `Armoire ${name}`, longitude: 2.2136, latitude: 46.7421 },
		],
		segments: [
			{
				externalId: name,
				streetName: 'Rue des Tilleuls',
				streetClass: 'residential',
				coordinates: [at(0), at(count)],
			},
		],
		luminaires: lamps.map((index) => ({
			externalId: `${name}-${index}`,
			segment: name,
			cabinet: `${name}-armoire`,
			longitude: at(index)[0],
			latitude: at(index)[1],
			watts: 40,
			colourKelvin: 2700,
			safeLevelPercent: 40,
		})),
		sensors: lamps
			.filter((index) => index % 2 === 0)
			.map((index) => ({
				externalId: `${name}-presence-${index}`,
				segment: name,
				longitude: at(index)[0],
				latitude: at(index)[1],
			})),
	};
}

/** A profile that dims at 22:00 and follows presence. */
export const dimming = {
	name: 'Rues calmes',
	usage: 'road',
	streetClasses: ['residential'],
	plans: [
		{
			season: null,
			weekdays: null,
			dates: null,
			on: { sun: 'sunset', offsetMinutes: 10 },
			off: { sun: 'sunrise', offsetMinutes: -10 },
			levels: [
				{ from: null, level: 80 },
				{ from: '22:00', level: 20 },
				{ from: '05:30', level: 60 },
			],
		},
	],
	presence: { level: 90, aheadMeters: 60, holdSeconds: 20, riseSeconds: 1, fallSeconds: 15 },
	activity: null,
	decision: null,
};

export interface SetPointHeard {
	lamp: string;
	id: string;
	level: number;
	fade: number;
	until: string;
	reason: string;
}

/** Lamps of a town behind one real MQTT client, that obey and answer unless told not to. */
export interface TestLamps {
	client: MqttClient;
	heard: SetPointHeard[];
	levels: Map<string, number>;
	/** These say nothing any more. */
	silent: Set<string>;
	say(lamp: string, state: Record<string, unknown>): Promise<void>;
	detect(sensor: string, presence?: Record<string, unknown>): Promise<void>;
	close(): Promise<void>;
}

export async function connectLamps(
	brokerUrl: string,
	user: { username: string; password: string },
): Promise<TestLamps> {
	const client = await mqtt.connectAsync(brokerUrl, { ...user, reconnectPeriod: 200 });
	const heard: SetPointHeard[] = [];
	const levels = new Map<string, number>();
	const silent = new Set<string>();
	client.on('message', (topic, payload) => {
		const lamp = topic.split('/')[1] ?? '';
		const setPoint = JSON.parse(payload.toString()) as Omit<SetPointHeard, 'lamp'>;
		heard.push({ lamp, ...setPoint });
		if (silent.has(lamp)) return;
		levels.set(lamp, setPoint.level);
		client.publish(
			`lighting/${lamp}/state`,
			JSON.stringify({ command: setPoint.id, level: setPoint.level, watts: setPoint.level * 0.4 }),
			{ qos: 1 },
		);
	});
	await client.subscribeAsync('lighting/+/setpoint', { qos: 1 });
	return {
		client,
		heard,
		levels,
		silent,
		say: (lamp, state) =>
			client.publishAsync(`lighting/${lamp}/state`, JSON.stringify(state), { qos: 1 }).then(() => {}),
		detect: (sensor, presence = {}) =>
			client.publishAsync(`lighting/${sensor}/presence`, JSON.stringify(presence), { qos: 1 }).then(() => {}),
		close: () => client.endAsync(true),
	};
}

export type LitTown = TestOperations & { manager: Actor & { id: string }; lamps: TestLamps };

/** A town with its own broker, one lit street, and lamps that listen. */
export async function createLitTown(count = 12, env: Record<string, string> = {}): Promise<LitTown> {
	const town = await createTestOperations({ PARVIS_ROLES: 'web,ingest,broker', ...env });
	// A Tuesday night in November, 23:00 in Paris.
	town.clock.now = new Date('2026-11-24T22:00:00Z');
	const manager = await town.person('Julien', 'operations:manager');
	const imported = await town.operations.lighting.importMany(manager, streetOf(count), { dryRun: false });
	if (!imported.ok || imported.value.refused.length) throw new Error(JSON.stringify(imported));
	const made = await town.operations.lighting.profiles.create(manager, dimming);
	if (!made.ok) throw new Error(made.error);
	const user = await town.sensing.integrations.create(system, { name: 'Lampes', replace: true });
	if (!user.ok) throw new Error(user.error);
	const url = await until(() => town.sensing.brokerUrl());
	const lamps = await connectLamps(url, user.value);
	return {
		...town,
		manager,
		lamps,
		async close() {
			await lamps.close();
			await town.close();
		},
	};
}
