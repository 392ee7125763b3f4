import mqtt from 'mqtt';
import { createApi } from './api.ts';
import { models } from './devices/index.ts';
import { buildFleet, type DemoDevice } from './fleet.ts';
import { buildGeography } from './geography.ts';
import { buildLights } from './lights.ts';
import { noiseOf } from './random.ts';
import { readingsAt } from './signals.ts';
import { simulateLights } from './simulate-lights.ts';

export interface SimulateOptions {
	mqttUrl: string;
	username: string;
	password: string;
	/** For the few devices that speak HTTP. */
	baseUrl: string;
	apiKey: string;
}

/** Devices of a rival network in the town: uplinks by The Things Stack's webhook. */
const isOnThingsStack = (device: DemoDevice) => device.model === 'em500Pt100';
const stranger: DemoDevice = {
	identifier: '70b3d57ed0ffff01',
	name: 'Sans nom',
	model: 'em300Th',
	placeId: null,
	placeKind: 'park',
	room: 'inconnu',
	service: '',
	longitude: 0,
	latitude: 0,
	parameters: {},
	capacity: 0,
	intervalSeconds: 120,
	fault: null,
};

/** Let the town's sensors speak, each at its own pace, until `stop`. */
export async function startSimulators(options: SimulateOptions): Promise<{ stop(): Promise<void> }> {
	const api = createApi(options.baseUrl, options.apiKey);
	const client = mqtt.connect(options.mqttUrl, {
		username: options.username,
		password: options.password,
		clientId: `demonstration-${process.pid}`,
		reconnectPeriod: 1000,
	});
	// While the broker is away the library keeps trying and keeps what could not be sent; there is nothing else to do.
	client.on('error', () => {});
	const geography = buildGeography();
	const fleet = [...buildFleet(geography), stranger].filter(({ fault }) => fault !== 'silent');
	const lamps = mqtt.connect(options.mqttUrl, {
		username: options.username,
		password: options.password,
		clientId: `demonstration-lampes-${process.pid}`,
		reconnectPeriod: 1000,
	});
	lamps.on('error', () => {});
	const lights = simulateLights(lamps, buildLights(geography, fleet));
	const timers = new Set<NodeJS.Timeout>();
	let counter = 0;
	/** When each container was last emptied, as the platform knows it: nobody comes by himself any more. */
	const emptied = new Map<string, number>();
	const lookAtPickups = async () => {
		const { items } = (await api.get('/waste/containers')) as {
			items: { sensor: string | null; lastPickupAt: string | null }[];
		};
		for (const { sensor, lastPickupAt } of items) {
			if (!sensor || !lastPickupAt) continue;
			const at = Date.parse(lastPickupAt);
			const before = emptied.get(sensor);
			emptied.set(sensor, at);
			// A sensor that is shaken by a crane speaks at once.
			const device = fleet.find(({ identifier }) => identifier === sensor);
			if (device && before !== undefined && at > before) await speak(device, Date.now());
		}
	};
	const looking = setInterval(() => {
		lookAtPickups().catch((error: Error) => console.error(`simulator: ${error.message}`));
	}, 30_000);
	await lookAtPickups().catch((error: Error) => console.error(`simulator: ${error.message}`));

	async function speak(device: DemoDevice, at: number): Promise<void> {
		const model = models[device.model];
		const measured = readingsAt(device, at, emptied.get(device.identifier));
		// A cabinet's meter shows what its lamps do.
		const readings = device.model === 'cabinet' ? (lights.cabinet(device.identifier) ?? measured) : measured;
		counter++;
		if (model.fPort === null) {
			const body = JSON.stringify({ time: new Date(at).toISOString(), values: rounded(readings) });
			// Car parks speak by HTTP, cabinets by MQTT.
			if (device.model === 'barrier') await api.post(`/ingest/devices/${device.identifier}`, body);
			else await client.publishAsync(`devices/${device.identifier}/observations`, body, { qos: 1 });
			return;
		}
		const garbled = device.fault === 'garbled' && counter % 3 === 0;
		const bytes = Buffer.from(garbled ? [0xde, 0xad] : model.encode(readings));
		if (isOnThingsStack(device))
			await api.post('/ingest/things-stack', JSON.stringify(thingsStackUplink(device, bytes, at)));
		else
			await client.publishAsync(
				`application/7c2f6f0e-8f4e-4a53-9f2e-0d6a3a1b9c10/device/${device.identifier}/event/up`,
				JSON.stringify(chirpStackUplink(device, bytes, at, counter)),
				{ qos: 1 },
			);
	}

	for (const device of fleet) {
		const interval = device.intervalSeconds * 1000;
		const again = () => {
			const now = Date.now();
			const phase = noiseOf(device.identifier, 7) * interval;
			const next = Math.ceil((now - phase) / interval) * interval + phase;
			const timer = setTimeout(
				() => {
					timers.delete(timer);
					speak(device, Date.now()).catch((error: Error) => console.error(`simulator: ${error.message}`));
					again();
				},
				Math.max(1, next - now),
			);
			timers.add(timer);
		};
		again();
	}
	return {
		async stop() {
			clearInterval(looking);
			for (const timer of timers) clearTimeout(timer);
			lights.stop();
			await lamps.endAsync(true).catch(() => {});
			await client.endAsync(true).catch(() => {});
		},
	};
}

const rounded = (readings: Readonly<Record<string, number>>) =>
	Object.fromEntries(Object.entries(readings).map(([name, value]) => [name, Math.round(value * 100) / 100]));

/** An `up` event as ChirpStack v4 sends it with the JSON marshaler. */
export function chirpStackUplink(device: DemoDevice, bytes: Uint8Array, at: number, counter: number): object {
	const model = models[device.model];
	const time = new Date(at).toISOString();
	const strength = -70 - Math.round(noiseOf(device.identifier, counter) * 45);
	return {
		deduplicationId: crypto.randomUUID(),
		time,
		deviceInfo: {
			tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242',
			tenantName: 'Commune',
			applicationId: '7c2f6f0e-8f4e-4a53-9f2e-0d6a3a1b9c10',
			applicationName: 'Ville',
			deviceProfileId: '5c5ed7a0-2a3c-4f3f-8f0f-1c5a0d4a7b11',
			deviceProfileName: `${model.vendor} ${model.model}`,
			deviceName: device.name,
			devEui: device.identifier,
			tags: {},
		},
		devAddr: `01${device.identifier.slice(-6)}`,
		adr: true,
		dr: 5,
		fCnt: counter,
		fPort: model.fPort,
		confirmed: false,
		data: Buffer.from(bytes).toString('base64'),
		rxInfo: [
			{
				gatewayId: '0016c001f153a14c',
				uplinkId: counter,
				gwTime: time,
				rssi: strength,
				snr: 7.5,
				channel: 2,
				crcStatus: 'CRC_OK',
			},
		],
		txInfo: {
			frequency: 868_300_000,
			modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7, codeRate: 'CR_4_5' } },
		},
	};
}

/** An uplink as The Things Stack v3 posts it to a webhook. */
export function thingsStackUplink(device: DemoDevice, bytes: Uint8Array, at: number): object {
	const time = new Date(at).toISOString();
	return {
		end_device_ids: {
			device_id: `eui-${device.identifier}`,
			application_ids: { application_id: 'ville' },
			dev_eui: device.identifier.toUpperCase(),
		},
		received_at: time,
		uplink_message: {
			f_port: models[device.model].fPort,
			f_cnt: Math.floor(at / 1000) % 65_536,
			frm_payload: Buffer.from(bytes).toString('base64'),
			rx_metadata: [{ gateway_ids: { gateway_id: 'mairie' }, rssi: -84, snr: 9 }],
			settings: { data_rate: { lora: { bandwidth: 125_000, spreading_factor: 7 } }, frequency: '868100000' },
			received_at: time,
		},
	};
}
