import { createFootprint } from '@parvis/footprint';
import { createIdentity } from '@parvis/identity';
import { createPlatform, migrate, platformMigrations, readConfiguration, system } from '@parvis/platform';
import { createSensing } from '@parvis/sensing';
import { createTown } from '@parvis/town';
import { createOperations } from '../../index.ts';
import { installation, profile } from './workload.ts';

/** The program under measure: all rooms that lighting uses, in the roles that control, as the town's server runs them. */

export interface Ready {
	url: string;
	username: string;
	password: string;
}

const platform = createPlatform(readConfiguration(process.env));
const identity = createIdentity(platform);
const town = createTown(platform);
const sensing = createSensing(platform, { town, identity });
const footprint = createFootprint(platform);
const operations = createOperations(platform, { identity, town, sensing, footprint });
const rooms = [identity.room, town.room, sensing.room, footprint.room, operations.room];
for (const { messages } of rooms) platform.messages.add(messages);
await migrate(platform.pool, [
	platformMigrations,
	...rooms.map(({ name, migrations }) => ({ room: name, folder: migrations })),
]);
await platform.start();
const created = await operations.lighting.profiles.create(system, profile);
const imported = await operations.lighting.importMany(system, installation(), { dryRun: false });
if (!created.ok || !imported.ok || imported.value.refused.length)
	throw new Error(JSON.stringify([created, imported]).slice(0, 1000));
for (const room of rooms) await room.start?.(platform.config.roles);
const user = await sensing.integrations.create(system, { name: 'bench' });
if (!user.ok) throw new Error(user.error);
process.send?.({ url: sensing.brokerUrl() ?? '', ...user.value } satisfies Ready);

process.on('message', async (asked: 'usage' | 'stop') => {
	if (asked === 'usage') {
		const { user: own, system: kernel } = process.cpuUsage();
		const { rows } = await platform.pool.query<{ count: number; acknowledged: number }>(
			'SELECT count(*)::int AS count, count(acknowledged_at)::int AS acknowledged FROM operations.light_command',
		);
		process.send?.({ processor: own + kernel, ...rows[0] });
		return;
	}
	for (const room of rooms.toReversed()) await room.stop?.();
	await platform.stop();
	process.exit(0);
});
