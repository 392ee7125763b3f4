import type { Actor } from '@parvis/platform';
import { Gauge } from 'prom-client';
import type { Context } from './context.ts';
import type { Live, LiveListener, LiveValue, Reading, Series } from './face.ts';
import { mayReadObservations } from './policies.ts';
import type { SeriesFilter } from './series.ts';

interface Latest {
	/** Milliseconds since 1970. */
	receivedAt: number;
	observedAt: number;
	value: number;
	quality: number;
}

/** Everybody who follows the same series shares one channel: each change is read and written out once. */
interface Channel {
	key: string;
	filter: SeriesFilter;
	/** Any actor of this channel: they all may read the same. */
	actor: Actor;
	series: Map<number, Series>;
	latest: Map<number, Latest>;
	listeners: Set<LiveListener>;
	resolvedAt: number;
}

export interface LiveOptions {
	/** How often values are read, and so the most a series speaks. Default 1000. */
	intervalMilliseconds?: number;
	/** How often a channel looks again which series it may show. Default 30 000. */
	resolveMilliseconds?: number;
	/** Most listeners of this process. Default 2000. */
	maxListeners?: number;
	/** Most series of one listener. Default 500. */
	maxSeries?: number;
}

/**
 * Live values by asking the latest values of all followed series once a second, in one query, while somebody
 * listens. It costs the ingest nothing, works the same whichever process took the observation in, and a lost
 * connection to the database heals at the next turn.
 */
export function createLive(
	{ platform }: Pick<Context, 'platform'>,
	reading: Pick<Reading, 'series'>,
	options: LiveOptions = {},
): Live {
	const {
		intervalMilliseconds = 1000,
		resolveMilliseconds = 30_000,
		maxListeners = 2000,
		maxSeries = 500,
	} = options;
	const channels = new Map<string, Channel>();
	let listening = 0;
	let timer: NodeJS.Timeout | null = null;
	let closed = false;
	new Gauge({
		name: 'parvis_live_listeners',
		help: 'Connections that follow live values',
		registers: [platform.metrics],
		collect() {
			this.set(listening);
		},
	});

	async function resolve(channel: Channel): Promise<void> {
		channel.resolvedAt = Date.now();
		const series = await reading.series(channel.actor, channel.filter);
		channel.series = new Map(series.slice(0, maxSeries).map((one) => [one.id, one]));
		for (const id of channel.latest.keys()) if (!channel.series.has(id)) channel.latest.delete(id);
	}

	async function readLatest(ids: number[]): Promise<Map<number, Latest>> {
		const { rows } = await platform.pool.query<Latest & { id: number }>({
			name: 'sensing_live',
			text: `SELECT series_id AS id, extract(epoch FROM received_at)::float8 * 1000 AS "receivedAt",
				extract(epoch FROM observed_at)::float8 * 1000 AS "observedAt", value, quality
				FROM sensing.latest_value WHERE series_id = ANY($1)`,
			values: [ids],
		});
		return new Map(rows.map((row) => [row.id, row]));
	}

	/** Take what was read into a channel; what is new to it goes to its listeners. */
	function tell(channel: Channel, read: ReadonlyMap<number, Latest>): void {
		const changes: LiveValue[] = [];
		for (const [id, series] of channel.series) {
			const latest = read.get(id);
			const before = channel.latest.get(id);
			if (!latest || (before && before.observedAt === latest.observedAt && before.value === latest.value))
				continue;
			channel.latest.set(id, latest);
			changes.push(toLiveValue(series, latest));
		}
		if (changes.length) for (const listener of channel.listeners) listener.values(changes);
	}

	async function turn(): Promise<void> {
		const current = [...channels.values()];
		const now = Date.now();
		for (const channel of current)
			if (now - channel.resolvedAt >= resolveMilliseconds) await resolve(channel);
		const ids = new Set(current.flatMap((channel) => [...channel.series.keys()]));
		if (ids.size === 0) return;
		const read = await readLatest([...ids]);
		for (const channel of current) tell(channel, read);
	}

	function schedule(): void {
		if (timer || closed || channels.size === 0) return;
		timer = setTimeout(async () => {
			try {
				await turn();
			} catch (error) {
				platform.log.warn({ reason: (error as Error).message }, 'live values could not be read');
			}
			timer = null;
			schedule();
		}, intervalMilliseconds);
	}

	async function open(actor: Actor, filter: SeriesFilter): Promise<Channel> {
		const key = JSON.stringify([mayReadObservations(actor), filter]);
		const existing = channels.get(key);
		if (existing) return existing;
		const channel: Channel = {
			key,
			filter,
			actor,
			series: new Map(),
			latest: new Map(),
			listeners: new Set(),
			resolvedAt: 0,
		};
		await resolve(channel);
		tell(channel, await readLatest([...channel.series.keys()]));
		// Another may have opened the same while this one was read.
		const other = channels.get(key);
		if (other) return other;
		channels.set(key, channel);
		return channel;
	}

	return {
		async follow(actor, filter, listener, since) {
			if (closed || listening >= maxListeners) return null;
			listening++;
			let channel: Channel;
			try {
				channel = await open(actor, filter);
			} catch (error) {
				listening--;
				throw error;
			}
			if (closed) {
				listening--;
				return null;
			}
			// A channel that lost its last listener while this one waited is put back.
			channels.set(channel.key, channel);
			channel.listeners.add(listener);
			const missed = [...channel.latest]
				.filter(([, latest]) => since === null || latest.receivedAt > since)
				.flatMap(([id, latest]) => {
					const series = channel.series.get(id);
					return series ? [toLiveValue(series, latest)] : [];
				});
			if (missed.length) listener.values(missed);
			schedule();
			let left = false;
			return () => {
				if (left) return;
				left = true;
				listening--;
				channel.listeners.delete(listener);
				if (channel.listeners.size === 0 && channels.get(channel.key) === channel)
					channels.delete(channel.key);
			};
		},

		close() {
			closed = true;
			if (timer) clearTimeout(timer);
			timer = null;
			for (const channel of channels.values()) for (const listener of [...channel.listeners]) listener.end();
		},
	};
}

function toLiveValue(series: Series, latest: Latest): LiveValue {
	return {
		series: series.id,
		device: series.deviceId,
		place: series.placeId,
		property: series.property,
		unit: series.unit,
		value: latest.value,
		quality: latest.quality,
		observedAt: new Date(latest.observedAt).toISOString(),
		receivedAt: latest.receivedAt,
	};
}
