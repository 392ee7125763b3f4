import type { Platform } from '@parvis/platform';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Ingest } from './ingest.ts';
import { parsePublication, topics } from './networks.ts';

export interface Subscriber {
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** Publications a broker may send before it waits for acknowledgements (MQTT 5, Receive Maximum). */
const receiveMaximum = 4000;
const sessionExpirySeconds = 3600;

/** What we touch of MQTT.js beyond its public face: see docs/decisions/0007-mqtt-acknowledgements.md. */
interface Internals {
	_sendPacket(packet: { cmd: string; messageId?: number; reasonCode?: number }, done?: () => void): void;
}

/**
 * Take messages from an external broker, by a shared subscription so that several processes divide them. Each is
 * acknowledged when its observations are committed, in whatever order that is; what a process that dies had not
 * acknowledged the broker gives to another.
 */
export function createSubscriber(platform: Platform, ingest: Ingest, url: string): Subscriber {
	let client: MqttClient | null = null;

	return {
		async start() {
			const connected = mqtt.connect(url, {
				protocolVersion: 5,
				clientId: `parvis-${crypto.randomUUID()}`,
				clean: true,
				// A short absence keeps the session; after a longer one the broker gives its messages to the others.
				properties: { receiveMaximum, sessionExpiryInterval: sessionExpirySeconds },
				reconnectPeriod: 1000,
				resubscribe: true,
			});
			client = connected;
			const internals = connected as unknown as Internals;
			const send = internals._sendPacket.bind(connected);
			let connection = 0;
			connected.on('connect', () => connection++);
			// The library acknowledges when `handleMessage` calls back and handles one publication after the other. It is
			// called back at once, so that the next ones come in, and its acknowledgement is replaced by ours.
			internals._sendPacket = (packet, done) => (packet.cmd === 'puback' ? done?.() : send(packet, done));
			connected.handleMessage = (packet: IPublishPacket, done) => {
				const mine = connection;
				const acknowledge = () => {
					// Message ids belong to a connection: after a reconnection the broker sends again what was not acknowledged.
					if (packet.qos === 1 && mine === connection && packet.messageId !== undefined)
						send({ cmd: 'puback', messageId: packet.messageId, reasonCode: 0 });
				};
				const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
				const parsed = parsePublication(packet.topic, payload, new Date());
				if (!parsed || (!parsed.messages.length && !parsed.rejected.length)) acknowledge();
				else
					ingest
						.accept(parsed.messages, parsed.rejected, { source: parsed.source, topic: packet.topic, payload })
						.then(acknowledge, (error: Error) =>
							platform.log.warn(
								{ reason: error.message },
								'broker: a message was not taken and will come again',
							),
						);
				done();
			};
			connected.on('error', (error) =>
				platform.log.warn({ reason: error.message }, 'broker: connection trouble'),
			);
			await new Promise<void>((resolve) => connected.once('connect', () => resolve()));
			const granted = await connected.subscribeAsync(
				topics.map((topic) => `$share/parvis/${topic}`),
				{ qos: 1 },
			);
			const refused = granted.filter(({ qos }) => (qos as number) >= 128);
			if (refused.length)
				throw new Error(
					`the broker refuses the subscription to ${refused.map(({ topic }) => topic).join(', ')}: check the rights of its user`,
				);
		},

		async stop() {
			await client?.endAsync(true).catch(() => {});
			client = null;
		},
	};
}
