import type { Platform } from '@parvis/platform';
import mqtt, { type IPublishPacket } from 'mqtt';
import type { Ingest } from './ingest.ts';
import { parsePublication, topics } from './networks.ts';

/** A session at an external broker; it outlives connections and processes. */
export interface MqttSession {
	/** Whether the broker had kept it from before. */
	readonly resumed: boolean;
	/** Publications that came and are not committed yet. */
	readonly pending: number;
	/** Milliseconds since the last publication came, or since it was opened. */
	quietMilliseconds(): number;
	/** Another client took the session over: it is not ours any more. */
	readonly lost: boolean;
	subscribe(): Promise<void>;
	/** The broker gives it nothing new; what it holds still comes. */
	unsubscribe(): Promise<void>;
	/** Close the connection. @param forget the broker, too, may forget the session */
	close(forget: boolean): Promise<void>;
}

/** Publications a broker may send before it waits for acknowledgements (MQTT 5, Receive Maximum). */
const receiveMaximum = 4000;
const sessionExpirySeconds = 7 * 86_400;
/** MQTT 5, reason code "session taken over". */
const takenOver = 0x8e;
const retryMilliseconds = 2000;

/** What we touch of MQTT.js beyond its public face: see docs/decisions/0007-mqtt-acknowledgements.md. */
interface Internals {
	_sendPacket(packet: { cmd: string; messageId?: number; reasonCode?: number }, done?: () => void): void;
}

const subscriptions = topics.map((topic) => `$share/parvis/${topic}`);

/**
 * Open or resume a session. Each publication is acknowledged when its observations are committed, in whatever order
 * that is; what was not acknowledged when a connection ends comes again with the next one.
 * @param withinMilliseconds how long to wait for the broker
 * @throws when the broker is not reached in that time
 */
export async function openMqttSession(
	platform: Platform,
	ingest: Ingest,
	url: string,
	clientId: string,
	withinMilliseconds: number,
): Promise<MqttSession> {
	const client = mqtt.connect(url, {
		protocolVersion: 5,
		clientId,
		clean: false,
		properties: { receiveMaximum, sessionExpiryInterval: sessionExpirySeconds },
		reconnectPeriod: 1000,
		resubscribe: true,
	});
	const internals = client as unknown as Internals;
	const send = internals._sendPacket.bind(client);
	let connection = 0;
	let pending = 0;
	let lastMessageAt = performance.now();
	let resumed = false;
	let lost = false;
	let retry: NodeJS.Timeout | null = null;

	// The library acknowledges when `handleMessage` calls back and handles one publication after the other. It is
	// called back at once, so that the next ones come in, and its acknowledgement is replaced by ours.
	internals._sendPacket = (packet, done) => (packet.cmd === 'puback' ? done?.() : send(packet, done));
	client.handleMessage = (packet: IPublishPacket, done) => {
		lastMessageAt = performance.now();
		const mine = connection;
		const acknowledge = () => {
			// Message ids belong to a connection: after a reconnection the broker sends again what was not acknowledged.
			if (packet.qos === 1 && mine === connection && packet.messageId !== undefined)
				send({ cmd: 'puback', messageId: packet.messageId, reasonCode: 0 });
		};
		const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
		const parsed = parsePublication(packet.topic, payload, new Date());
		if (!parsed || (!parsed.messages.length && !parsed.rejected.length)) acknowledge();
		else {
			pending++;
			ingest
				.accept(parsed.messages, parsed.rejected, { source: parsed.source, topic: packet.topic, payload })
				.then(acknowledge, comeAgain)
				.finally(() => pending--);
		}
		done();
	};

	/** A broker repeats what was not acknowledged only on a new connection. */
	function comeAgain(error: Error): void {
		platform.log.warn({ reason: error.message }, 'broker: a message was not taken and will come again');
		retry ??= setTimeout(() => {
			retry = null;
			if (client.connected) client.stream.destroy();
		}, retryMilliseconds);
	}

	client.on('connect', () => connection++);
	client.on('disconnect', ({ reasonCode }) => {
		if (reasonCode === takenOver) lost = true;
	});
	client.on('error', (error) => platform.log.warn({ reason: error.message }, 'broker: connection trouble'));

	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => {
			client.end(true);
			reject(new Error('the MQTT broker is not reached'));
		}, withinMilliseconds);
		client.once('connect', ({ sessionPresent }) => {
			clearTimeout(timer);
			resumed = sessionPresent;
			resolve();
		});
	});

	return {
		get resumed() {
			return resumed;
		},
		get pending() {
			return pending;
		},
		get lost() {
			return lost;
		},
		quietMilliseconds: () => performance.now() - lastMessageAt,

		async subscribe() {
			const granted = await client.subscribeAsync(subscriptions, { qos: 1 });
			const refused = granted.filter(({ qos }) => (qos as number) >= 128);
			if (refused.length)
				throw new Error(
					`the broker refuses the subscription to ${refused.map(({ topic }) => topic).join(', ')}: check the rights of its user`,
				);
		},

		async unsubscribe() {
			await client.unsubscribeAsync(subscriptions);
		},

		async close(forget) {
			if (retry) clearTimeout(retry);
			if (forget) await client.endAsync(false, { properties: { sessionExpiryInterval: 0 } });
			else await client.endAsync(true).catch(() => {});
		},
	};
}
