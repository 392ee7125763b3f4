import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import type { Platform } from '@parvis/platform';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Ingest } from './ingest.ts';
import type { BrokerUser, Integrations } from './integrations.ts';
import { parsePublication } from './networks.ts';

export interface Broker {
	/** mqtt://host:port of the embedded broker once it listens. */
	readonly url: string | null;
	/** The same with this process's own user, for its other rooms. */
	readonly ownUrl: string | null;
	start(): Promise<void>;
	stop(): Promise<void>;
}

const badCredentials = 4;
const unavailable = 3;
const mostTopicLength = 500;
const mostPayloadBytes = 256 * 1024;
/** Aedes handles what was read from a connection side by side, and reads on when all of it is committed. */
const readAheadBytes = 512 * 1024;

type User = BrokerUser | { kind: 'platform' };

/**
 * Whether a signed-in user may publish to a topic: a device to its own only, an integration to network servers' and what
 * lamps say, this process what lamps are told.
 */
export function mayPublish(user: User, topic: string): boolean {
	if (topic.length > mostTopicLength) return false;
	if (user.kind === 'platform') return /^lighting\/[^/]+\/setpoint$/.test(topic);
	if (user.kind === 'device')
		return [
			`devices/${user.name}/observations`,
			`lighting/${user.name}/state`,
			`lighting/${user.name}/presence`,
		].includes(topic);
	return /^(application\/[^/]+\/device\/[^/]+\/event\/[^/]+|v3\/[^/]+\/devices\/[^/]+\/[^/]+|devices\/[^/]+\/observations|lighting\/[^/]+\/(state|presence))$/.test(
		topic,
	);
}

/** Whether a user may hear a topic: a device what is meant for it, an integration what lamps are told, this process what lamps say. */
export function maySubscribe(user: User, topic: string): boolean {
	if (user.kind === 'platform') return /^lighting\/\+\/(state|presence)$/.test(topic);
	if (user.kind === 'integration') return /^lighting\/[^/#]+\/setpoint$/.test(topic);
	if (/[+#]/.test(user.name)) return false;
	return topic.startsWith(`devices/${user.name}/`) || topic === `lighting/${user.name}/setpoint`;
}

/**
 * The embedded MQTT broker. It answers a publication (PUBACK) only when its observations are committed: Aedes
 * acknowledges after `authorizePublish` calls back, and reads no more from a connection that waits for one.
 */
export function createBroker(platform: Platform, ingest: Ingest, integrations: Integrations): Broker {
	let aedes: Aedes | null = null;
	let server: Server | null = null;
	let url: string | null = null;
	const users = new WeakMap<Client, User>();
	const ownUser = 'parvis';
	const ownPassword = randomBytes(24).toString('base64url');
	const isOwn = (username: string, password: Buffer) =>
		username === ownUser &&
		password.length === ownPassword.length &&
		timingSafeEqual(password, Buffer.from(ownPassword));

	const refusal = (code: number): AuthenticateError =>
		Object.assign(new Error('refused'), { returnCode: code });

	return {
		get url() {
			return url;
		},
		get ownUrl() {
			return url?.replace('//', `//${ownUser}:${ownPassword}@`) ?? null;
		},

		async start() {
			const broker = await Aedes.createBroker({
				concurrency: 1000,
				queueLimit: 1000,
				authenticate(client, username, password, done) {
					if (!username || !password) return done(refusal(badCredentials), false);
					if (isOwn(username, password)) {
						users.set(client, { kind: 'platform' });
						return done(null, true);
					}
					integrations.authenticate(username, password.toString('utf8')).then(
						(user) => {
							if (!user) return done(refusal(badCredentials), false);
							users.set(client, user);
							done(null, true);
						},
						() => done(refusal(unavailable), false),
					);
				},
				authorizePublish(client, packet, done) {
					const user = client ? users.get(client) : undefined;
					if (!user || !mayPublish(user, packet.topic)) return done(new Error('topic not allowed'));
					const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
					if (payload.length > mostPayloadBytes) return done(new Error('payload too large'));
					const parsed = parsePublication(packet.topic, payload, new Date());
					// Retained copies would be handed to whoever subscribes next; nobody asks for them.
					packet.retain = false;
					if (!parsed || (!parsed.messages.length && !parsed.rejected.length)) return done(null);
					ingest
						.accept(parsed.messages, parsed.rejected, { source: parsed.source, topic: packet.topic, payload })
						.then(
							() => done(null),
							// No acknowledgement: the connection ends and the sender tries again.
							(error: Error) => done(error),
						);
				},
				authorizeSubscribe(client, subscription, done) {
					const user = users.get(client);
					const allowed = user !== undefined && maySubscribe(user, subscription.topic);
					done(allowed ? null : new Error('topic not allowed'), allowed ? subscription : null);
				},
			});
			broker.on('clientError', (_client, error) =>
				platform.log.debug({ reason: error.message }, 'broker: client error'),
			);
			broker.on('connectionError', (_client, error) =>
				platform.log.debug({ reason: error.message }, 'broker: connection error'),
			);
			const listening = createServer({ noDelay: true, highWaterMark: readAheadBytes }, broker.handle);
			await new Promise<void>((resolve, reject) => {
				listening.once('error', (error: NodeJS.ErrnoException) =>
					reject(
						error.code === 'EADDRINUSE'
							? new Error(
									`the MQTT port ${platform.config.mqttPort} is taken: set MQTT_PORT to another, or MQTT_URL to the broker there`,
								)
							: error,
					),
				);
				listening.listen(platform.config.mqttPort, platform.config.host, resolve);
			});
			const address = listening.address();
			if (typeof address === 'object' && address) url = `mqtt://${platform.config.host}:${address.port}`;
			aedes = broker;
			server = listening;
		},

		async stop() {
			const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
			await new Promise<void>((resolve) => (aedes ? aedes.close(() => resolve()) : resolve()));
			await closed;
			url = null;
		},
	};
}
