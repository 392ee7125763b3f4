import mqtt from 'mqtt';
import { lampName, lampsInStreet } from './workload.ts';

/** Answers each presence by the set-points of two lamps, at once: the load of the bench without a decision. */
const client = await mqtt.connectAsync(process.argv[2] ?? '');
let count = 0;
client.on('message', (topic) => {
	const [, street, lamp] = /presence-(\d+)-(\d+)/.exec(topic) ?? [];
	if (lamp === undefined) return;
	const setPoint = (number: number) =>
		client.publish(
			`lighting/${lampName(Number(street), number)}/setpoint`,
			JSON.stringify({ id: String(count++), level: 100, fade: 1, until: '', reason: 'presence' }),
			{ qos: 1 },
		);
	setPoint(Number(lamp));
	setPoint(Math.min(lampsInStreet - 1, Number(lamp) + 1));
});
await client.subscribeAsync(['lighting/+/presence', 'lighting/+/state'], { qos: 1 });
process.send?.('ready');
