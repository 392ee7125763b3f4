import { isDatabaseOutage, type Platform } from '@parvis/platform';
import { Counter, Gauge } from 'prom-client';
import type { Codecs, Decoded } from '../codec-trial.ts';
import { addFields, type DeviceNews, newColumns, timeOf } from './batch.ts';
import {
	type IncomingMessage,
	identifierText,
	normalisedTopic,
	type Origin,
	type Rejected,
	toJson,
} from './message.ts';
import type { Partitions } from './partitions.ts';
import type { KnownDevice, Registry } from './registry.ts';
import type { Rollups } from './rollups.ts';
import { type DeadLetter, storeBatch, toText } from './store.ts';

/** What became of one message: its observations are committed, it waits in the tray, or it is a dead letter. */
export type Outcome =
	| { kind: 'stored'; observations: number; unusableFields: string[] }
	| { kind: 'waiting' }
	| { kind: 'rejected'; reason: string; detail: string };

/** The queue is full or closed: come again later. Nothing of what was given is kept. */
export class IngestBusy extends Error {}

export interface Ingest {
	/**
	 * Take messages in. Resolves with one outcome each, in order, when all of them are committed; while the database is
	 * away it waits and tries again, so that who holds an acknowledgement holds it as long.
	 * @param origin what came, as bytes, for the dead letters
	 * @throws {IngestBusy} at once when too much is waiting already
	 */
	accept(
		messages: readonly IncomingMessage[],
		rejected: readonly Rejected[],
		origin: Origin,
	): Promise<Outcome[]>;
	/** Messages taken in and not yet committed. */
	readonly waiting: number;
	/** Commit what was taken in, then take nothing more. */
	stop(): Promise<void>;
}

interface Entry {
	messages: readonly IncomingMessage[];
	rejected: readonly Rejected[];
	origin: Origin;
	receivedAt: Date;
	resolve(outcomes: Outcome[]): void;
	reject(error: Error): void;
}

const mostMessagesInBatch = 1500;
const mostWaiting = 100_000;
const mostBytesWaiting = 256 * 1024 * 1024;
/** While one batch waits for the disk another is worked on. */
const batchesAtOnce = 3;
const firstRetryMilliseconds = 100;
const lastRetryMilliseconds = 2000;

export function createIngest(
	platform: Platform,
	parts: { registry: Registry; codecs: Codecs; partitions: Partitions; rollups: Rollups },
): Ingest {
	const { registry, codecs, partitions, rollups } = parts;
	const metrics = {
		messages: new Counter({
			name: 'parvis_sensing_messages_total',
			help: 'Messages by what became of them',
			labelNames: ['outcome'],
			registers: [platform.metrics],
		}),
		observations: new Counter({
			name: 'parvis_sensing_observations_total',
			help: 'Observations committed',
			registers: [platform.metrics],
		}),
		waiting: new Gauge({
			name: 'parvis_sensing_messages_waiting',
			help: 'Messages taken in and not yet committed',
			registers: [platform.metrics],
		}),
	};
	let queue: Entry[] = [];
	/** Messages in the queue; `waiting` counts those being committed too. */
	let queued = 0;
	let waiting = 0;
	let bytesWaiting = 0;
	let active = 0;
	let stopping = false;
	let onIdle: (() => void) | null = null;

	function pump(): void {
		while (queue.length && active < batchesAtOnce) {
			// While a batch is being committed the next one gathers; it goes when it is full or the first is done.
			if (active > 0 && queued < mostMessagesInBatch) return;
			const batch: Entry[] = [];
			let size = 0;
			let taken = 0;
			for (const entry of queue) {
				const weight = Math.max(1, entry.messages.length);
				if (size && size + weight > mostMessagesInBatch) break;
				batch.push(entry);
				size += weight;
				taken++;
			}
			queue = queue.slice(taken);
			queued -= size;
			active++;
			commit(batch).finally(() => {
				active--;
				pump();
				if (!active && !queue.length) onIdle?.();
			});
		}
	}

	function settle(entry: Entry, act: () => void): void {
		waiting -= Math.max(1, entry.messages.length);
		bytesWaiting -= entry.origin.payload.length;
		metrics.waiting.set(waiting);
		act();
	}

	/** Commit the batch, however long the database is away. A batch it refuses is halved until the guilty entry stands alone. */
	async function commit(batch: readonly Entry[]): Promise<void> {
		for (let pause = firstRetryMilliseconds; ; pause = Math.min(pause * 2, lastRetryMilliseconds)) {
			try {
				const outcomes = await process(batch);
				for (const [i, entry] of batch.entries()) settle(entry, () => entry.resolve(outcomes[i] ?? []));
				rollups.wake();
				return;
			} catch (error) {
				if (!passes(error)) {
					const [only] = batch;
					if (batch.length > 1) {
						const middle = Math.ceil(batch.length / 2);
						await commit(batch.slice(0, middle));
						await commit(batch.slice(middle));
					} else if (only) await abandon(only, error as Error);
					return;
				}
				platform.log.warn(
					{ reason: (error as Error).message, messages: batch.length },
					'ingest waits for the database',
				);
				await new Promise((resolve) => setTimeout(resolve, pause));
			}
		}
	}

	/** One entry the database cannot take: kept as a dead letter whole, or refused if even that fails. */
	async function abandon(entry: Entry, error: Error): Promise<void> {
		platform.log.error({ err: error }, 'a message could not be stored');
		const rejected = { reason: 'not_storable', detail: error.message.slice(0, 500), identifier: null };
		try {
			await storeBatch(platform.pool, {
				receivedAt: entry.receivedAt,
				columns: newColumns(),
				devices: new Map(),
				deadLetters: [toDeadLetter(entry, rejected, null, entry.messages[0] ?? null)],
				waiting: [],
			});
			settle(entry, () => entry.resolve(entry.messages.map(() => ({ kind: 'rejected', ...rejected }))));
		} catch (second) {
			settle(entry, () => entry.reject(second as Error));
		}
	}

	/** Decode, map, store. @returns outcomes by entry */
	async function process(batch: readonly Entry[]): Promise<Outcome[][]> {
		const messages = batch.flatMap((entry) => entry.messages);
		const devices = await registry.find(messages.map(({ identifier }) => identifier));
		const decoded = await decodeAll(messages, devices);
		await ensureSeries(messages, devices, decoded);

		const columns = newColumns();
		const news = new Map<string, DeviceNews>();
		const deadLetters: DeadLetter[] = [];
		const toTray: IncomingMessage[] = [];
		let index = 0;
		const outcomes = batch.map((entry) => {
			// What is wrong in the same way with many parts of one payload is one letter: each holds the payload whole.
			const letters = new Map<string, DeadLetter & { alike: number }>();
			const keep = (rejected: Rejected, deviceId: string | null, message: IncomingMessage | null) => {
				const key = `${rejected.reason} ${rejected.identifier}`;
				const before = entry.origin.payload.length ? letters.get(key) : undefined;
				if (before) before.alike++;
				else {
					const letter = { ...toDeadLetter(entry, rejected, deviceId, message), alike: 0 };
					letters.set(key, letter);
					deadLetters.push(letter);
				}
			};
			for (const rejected of entry.rejected) keep(rejected, null, null);
			const results = entry.messages.map((message): Outcome => {
				const fields = decoded[index++];
				const name = identifierText(message.identifier);
				const device = devices.get(name);
				const refuse = (reason: string, detail: string): Outcome => {
					keep({ reason, detail, identifier: name }, device?.id ?? null, message);
					return { kind: 'rejected', reason, detail };
				};
				if (!device) {
					toTray.push(message);
					return { kind: 'waiting' };
				}
				if (device.retired) return refuse('device_retired', 'the device was taken out of service');
				if (fields && !fields.ok) return refuse(fields.reason, fields.errors.join('; ').slice(0, 500));
				const time = timeOf(message);
				if (!time) return refuse('impossible_instant', `observed at ${message.observedAt?.toISOString()}`);
				const added = addFields(columns, device, fields?.ok ? fields.data : {}, time, (property) => {
					throw new Error(`series of ${property} is missing`);
				});
				noteDevice(news, device.id, message, time.at, added.battery);
				if (added.unusable.length) {
					const detail = added.unusable.join(', ').slice(0, 500);
					keep({ reason: 'field_not_a_number', detail, identifier: name }, device.id, message);
				}
				return { kind: 'stored', observations: added.count, unusableFields: added.unusable };
			});
			for (const letter of letters.values())
				if (letter.alike) letter.detail = `${letter.detail} (${letter.alike + 1} ×)`;
			return results;
		});
		await partitions.ensure(columns.months);
		await storeBatch(platform.pool, {
			receivedAt: batch[0]?.receivedAt ?? new Date(),
			columns,
			devices: news,
			deadLetters,
			waiting: toTray,
		});
		metrics.observations.inc(columns.values.length);
		const counts = { stored: 0, waiting: 0, rejected: 0 };
		for (const { rejected } of batch) counts.rejected += rejected.length;
		for (const list of outcomes) for (const { kind } of list) counts[kind]++;
		for (const [outcome, count] of Object.entries(counts))
			if (count) metrics.messages.inc({ outcome }, count);
		return outcomes;
	}

	/** Fields of each message, in order; undefined for messages of unknown or retired devices. */
	async function decodeAll(
		messages: readonly IncomingMessage[],
		devices: ReadonlyMap<string, KnownDevice>,
	): Promise<(Decoded | undefined)[]> {
		const decoded = new Array<Decoded | undefined>(messages.length);
		const byCodec = new Map<string, { codec: { id: string; source: string }; indexes: number[] }>();
		for (const [i, { payload, identifier }] of messages.entries()) {
			const device = devices.get(identifierText(identifier));
			if (!device || device.retired) continue;
			if ('fields' in payload) decoded[i] = { ok: true, data: payload.fields, warnings: [] };
			else if (!device.codec)
				decoded[i] = payload.decoded
					? { ok: true, data: payload.decoded, warnings: [] }
					: {
							ok: false,
							reason: 'no_decoder',
							errors: ['the type has no codec and the network decoded nothing'],
						};
			else if (payload.bytes.length === 0 && !payload.decoded)
				decoded[i] = { ok: true, data: {}, warnings: [] };
			else {
				const group = byCodec.get(device.codec.id);
				if (group) group.indexes.push(i);
				else byCodec.set(device.codec.id, { codec: device.codec, indexes: [i] });
			}
		}
		await Promise.all(
			[...byCodec.values()].map(async ({ codec, indexes }) => {
				const results = await codecs.decode(
					codec,
					indexes.map((i) => {
						const message = messages[i];
						const payload = message?.payload;
						return {
							bytes: payload && 'bytes' in payload ? payload.bytes : new Uint8Array(),
							fPort: payload && 'bytes' in payload ? payload.fPort : null,
							recvTime: message?.observedAt ?? message?.receivedAt ?? new Date(0),
						};
					}),
				);
				for (const [n, i] of indexes.entries()) decoded[i] = results[n];
			}),
		);
		return decoded;
	}

	async function ensureSeries(
		messages: readonly IncomingMessage[],
		devices: ReadonlyMap<string, KnownDevice>,
		decoded: readonly (Decoded | undefined)[],
	): Promise<void> {
		const wanted: { device: KnownDevice; property: string; unit: string }[] = [];
		for (const [i, message] of messages.entries()) {
			const device = devices.get(identifierText(message.identifier));
			const fields = decoded[i];
			if (!device || !fields?.ok || device.complete) continue;
			let lacking = false;
			for (const { property, unit } of device.map(fields.data).values)
				if (!device.series.has(property)) {
					lacking = true;
					wanted.push({ device, property, unit });
				}
			if (!lacking) device.complete = device.series.size >= device.properties;
		}
		await registry.ensureSeries(wanted);
	}

	return {
		get waiting() {
			return waiting;
		},

		accept(messages, rejected, origin) {
			if (!messages.length && !rejected.length) return Promise.resolve([]);
			if (stopping || waiting >= mostWaiting || bytesWaiting >= mostBytesWaiting)
				return Promise.reject(new IngestBusy(stopping ? 'stopping' : 'too much is waiting for the database'));
			return new Promise((resolve, reject) => {
				waiting += Math.max(1, messages.length);
				queued += Math.max(1, messages.length);
				bytesWaiting += origin.payload.length;
				queue.push({
					messages,
					rejected,
					origin,
					receivedAt: messages[0]?.receivedAt ?? new Date(),
					resolve,
					reject,
				});
				// Whatever arrives in this turn of the event loop goes in one batch.
				if (queue.length === 1) setImmediate(pump);
				else if (queued >= mostMessagesInBatch) pump();
			});
		},

		async stop() {
			stopping = true;
			if (active || queue.length)
				await new Promise<void>((resolve) => {
					onIdle = resolve;
					pump();
				});
		},
	};
}

/** Whether the same batch may be stored later: the database is away, or others were in its way (deadlock, cancelled). */
function passes(error: unknown): boolean {
	return isDatabaseOutage(error) || /^(40|55|57|58)/.test((error as { code?: string }).code ?? '');
}

/** @param message kept in the place of the payload, where that is no more at hand (a line of a batch, the tray) */
function toDeadLetter(
	{ origin, receivedAt }: Entry,
	{ reason, detail, identifier }: Rejected,
	deviceId: string | null,
	message: IncomingMessage | null,
): DeadLetter {
	const kept =
		message && !origin.payload.length
			? { ...origin, topic: normalisedTopic, payload: Buffer.from(toText(toJson(message))) }
			: origin;
	return { origin: kept, receivedAt, deviceId, identifier, reason, detail };
}

function noteDevice(
	news: Map<string, DeviceNews>,
	id: string,
	message: IncomingMessage,
	at: number,
	mappedBattery: number | null,
): void {
	const before = news.get(id);
	const battery = mappedBattery ?? message.batteryPercent ?? before?.battery ?? null;
	if (before && before.at > at) {
		before.battery ??= battery;
		return;
	}
	const { payload, network } = message;
	const uplink =
		'bytes' in payload
			? { network, fPort: payload.fPort, bytes: Buffer.from(payload.bytes).toString('hex') }
			: { network };
	news.set(id, { id, at, battery, uplink });
}
