import { createPlatform, migrate, platformMigrations, readConfiguration, system } from '@parvis/platform';
import { createSensing } from '../../index.ts';
import { codecSource, devEui, deviceCount, mapping, plainName } from './workload.ts';

/** The program under measure: the room in the roles that ingest, with its broker, as the town's server runs it. */

export interface Ready {
	port: number;
	username: string;
	password: string;
}

export interface Usage {
	rss: number;
	heap: number;
	/** Microseconds of processor since the start. */
	processor: number;
	waiting: number;
	/** Messages by what became of them, since the start. */
	outcomes: Record<string, number>;
}

const platform = createPlatform(readConfiguration(process.env));
const town = { places: { find: async () => new Map() }, timeline: { record: async () => {} } };
const sensing = createSensing(platform, { town });
platform.messages.add(sensing.room.messages);
await migrate(platform.pool, [platformMigrations, { room: 'sensing', folder: sensing.room.migrations }]);
await platform.start();
await sensing.room.start?.(platform.config.roles);

async function declare(): Promise<Ready> {
	for (const [model, source] of [
		['Plain', null],
		['Codec', codecSource],
	] as const) {
		const type = await sensing.types.upsert(system, {
			vendor: 'Bench',
			model,
			name: model,
			mapping,
			codecSource: source,
			expectedIntervalSeconds: 60,
		});
		if (!type.ok) throw new Error(type.error);
		const imported = await sensing.devices.importMany(
			system,
			Array.from({ length: deviceCount }, (_, device) => ({
				line: device,
				fields: {
					name: `${model} ${device}`,
					vendor: 'Bench',
					model,
					...(source === null ? { externalId: plainName(device) } : { devEui: devEui(device) }),
				},
			})),
			{ dryRun: false },
		);
		if (!imported.ok) throw new Error(imported.error);
	}
	const integration = await sensing.integrations.create(system, { name: 'bench' });
	if (!integration.ok) throw new Error(integration.error);
	return { ...integration.value, port: Number(new URL(sensing.brokerUrl() ?? '').port) };
}

async function outcomes(): Promise<Record<string, number>> {
	const counter = await platform.metrics.getSingleMetric('parvis_sensing_messages_total')?.get();
	return Object.fromEntries(
		(counter?.values ?? []).map(({ labels, value }) => [String(labels.outcome), value]),
	);
}

process.on('message', async (asked: 'usage' | 'flush' | 'stop') => {
	if (asked === 'flush') {
		await sensing.flush();
		process.send?.('flushed');
	} else if (asked === 'usage') {
		const { rss, heapUsed } = process.memoryUsage();
		const { user, system: kernel } = process.cpuUsage();
		process.send?.({
			rss,
			heap: heapUsed,
			processor: user + kernel,
			waiting: sensing.ingest.waiting,
			outcomes: await outcomes(),
		} satisfies Usage);
	} else {
		await sensing.room.stop?.();
		await platform.stop();
		process.disconnect();
	}
});
process.send?.(await declare());
