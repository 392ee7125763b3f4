import { createApi } from './api.ts';
import { startDriver } from './driver.ts';
import { fillDemoTown } from './fill.ts';
import { startSimulators } from './simulate.ts';

const setting = (name: string) => {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is missing`);
	return value;
};
const [command, size] = process.argv.slice(2);
const common = { baseUrl: setting('PARVIS_URL'), apiKey: setting('PARVIS_API_KEY') };

if (command === 'fill') {
	const say = (line: string) => console.error(`    ${line}`);
	await fillDemoTown({ ...common, now: new Date(), size: size === 'small' ? 'small' : 'full', say });
} else if (command === 'simulate') {
	const { stop } = await startSimulators({
		...common,
		mqttUrl: setting('MQTT_URL'),
		username: setting('MQTT_USERNAME'),
		password: setting('MQTT_PASSWORD'),
	});
	const driver = startDriver({
		api: createApi(common.baseUrl, common.apiKey),
		say: (line) => console.log(`  ${line}`),
		early: true,
	});
	const end = async () => {
		process.stdin.destroy();
		await Promise.all([stop(), driver.stop()]);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
	// Whoever started it holds its input open.
	process.stdin.resume().once('end', end);
} else {
	console.error('Usage: node main.ts fill [small] | simulate');
	process.exitCode = 2;
}
