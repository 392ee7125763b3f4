import { setTimeout as pause } from 'node:timers/promises';
import type { Platform } from '@parvis/platform';
import { type BrokerSessionName, type Leases, openLeases } from './broker-leases.ts';
import type { Ingest } from './ingest.ts';
import { type MqttSession, openMqttSession } from './mqtt-session.ts';

export interface Subscriber {
	/** Resolves when messages come in; when broker or database are away, after some seconds, and it goes on trying. */
	start(): Promise<void>;
	stop(): Promise<void>;
}

const watchMilliseconds = 2000;
const retryMilliseconds = 1000;
const startMilliseconds = 10_000;
/** A session left by another process is empty when nothing came from it for so long. */
const quietMilliseconds = 2000;

/**
 * Take messages from an external broker, by a shared subscription so that several processes divide them. Each process
 * holds a session of its own there. Brokers keep what a process had not acknowledged in its session, and some go on
 * giving it its share; so when a process is gone, another takes its session over, empties it and ends it.
 */
export function createSubscriber(platform: Platform, ingest: Ingest, url: string): Subscriber {
	const { log } = platform;
	const stopping = new AbortController();
	let working: Promise<void> | null = null;

	const wait = (milliseconds: number) =>
		pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});
	const open = ({ clientId }: BrokerSessionName) =>
		openMqttSession(platform, ingest, url, clientId, startMilliseconds);

	async function drain(leases: Leases, name: BrokerSessionName): Promise<void> {
		const session = await open(name);
		let empty = !session.resumed;
		try {
			if (session.resumed) {
				await session.unsubscribe();
				while (!stopping.signal.aborted && !session.lost && !empty) {
					await wait(200);
					empty = session.pending === 0 && session.quietMilliseconds() >= quietMilliseconds;
				}
			}
		} finally {
			await session.close(empty);
		}
		if (empty) await leases.forget(name);
	}

	async function hold(ready: () => void): Promise<void> {
		const leases = await openLeases(platform);
		let session: MqttSession | null = null;
		try {
			session = await open(await leases.claim());
			await session.subscribe();
			ready();
			while (!stopping.signal.aborted && !session.lost) {
				await wait(watchMilliseconds);
				if (stopping.signal.aborted) break;
				for (const orphan of await leases.takeOrphans()) {
					log.info({ session: orphan.number }, 'broker: taking over the session of a process that is gone');
					await drain(leases, orphan);
				}
			}
		} finally {
			// The broker keeps the session: this process after its restart, or another one, goes on from there.
			await session?.close(false);
			leases.release();
		}
	}

	async function work(ready: () => void): Promise<void> {
		while (!stopping.signal.aborted) {
			try {
				await hold(ready);
			} catch (error) {
				log.warn({ reason: (error as Error).message }, 'broker: trying again');
			}
			await wait(retryMilliseconds);
		}
	}

	return {
		async start() {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, startMilliseconds);
				working = work(() => {
					clearTimeout(timer);
					resolve();
				});
			});
		},

		async stop() {
			stopping.abort();
			await working;
		},
	};
}
