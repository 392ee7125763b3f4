import type { Platform } from '@parvis/platform';
import mqtt from 'mqtt';

/** Another room's way to the broker: what it asks of devices, and what they answer. */
export interface RoomConnection {
	readonly connected: boolean;
	/**
	 * QoS 1. @returns a promise that resolves when the broker took it; while the broker is away it rejects at once, since
	 * what was meant for then must not arrive later.
	 */
	publish(topic: string, payload: string): Promise<void>;
	close(): Promise<void>;
}

export interface RoomConnectionOptions {
	/** Unique among this platform's processes. */
	clientId: string;
	/** Topic filters, QoS 1. */
	topics: readonly string[];
	heard(topic: string, payload: Uint8Array): void;
	/** At the first connection and after each loss, once the subscriptions stand. */
	connected(): void;
}

/** @param url with its user and password */
export function openRoomConnection(
	platform: Platform,
	url: string,
	{ clientId, topics, heard, connected }: RoomConnectionOptions,
): RoomConnection {
	const client = mqtt.connect(url, {
		clientId,
		clean: true,
		reconnectPeriod: 1000,
		resubscribe: false,
		queueQoSZero: false,
	});
	client.on('message', (topic, payload) => heard(topic, payload));
	client.on('error', (error) => platform.log.warn({ reason: error.message }, 'broker: connection trouble'));
	client.on('connect', () => {
		client.subscribeAsync([...topics], { qos: 1 }).then(
			(granted) => {
				const refused = granted.filter(({ qos }) => (qos as number) >= 128);
				if (refused.length)
					platform.log.error(
						{ topics: refused.map(({ topic }) => topic) },
						'broker: subscriptions are refused; check the rights of its user',
					);
				connected();
			},
			(error: Error) => platform.log.warn({ reason: error.message }, 'broker: connection trouble'),
		);
	});
	return {
		get connected() {
			return client.connected;
		},
		async publish(topic, payload) {
			if (!client.connected) throw new Error('the broker is away');
			await client.publishAsync(topic, payload, { qos: 1 });
		},
		async close() {
			await client.endAsync(true).catch(() => {});
		},
	};
}
