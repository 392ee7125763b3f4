import { system } from '@parvis/platform';
import { distanceMeters } from '@parvis/town';
import type { Context } from '../context.ts';
import type { Day, FillForecast, Forecasts, SensorDoubt } from './face.ts';
import { recordPickup } from './pickups.ts';
import { dayMilliseconds, dayOf, wallTime } from './rules/days.ts';
import {
	type ContainerModel,
	type EventFactor,
	type FlowModel,
	fitFlow,
	type InflowHistory,
	type LevelNow,
	levelSince,
	predict,
} from './rules/fill-model.ts';
import { doubtOf, type Level, type LevelHistory, readLevels } from './rules/levels.ts';

const historyDays = 400;
const forecastDays = 8;
const hour = 3_600_000;
/** People bring their waste between these hours, as far as a share of a day is concerned. */
const [firstHour, lastHour] = [6, 22];
const readingSpread = 1.5;
/** A rate without a sensor to check it is taken to be wrong by this share. */
const doubtfulSpread = 0.3;

/** Share of a day's inflow that is still to come. */
export function shareOfDayLeft(at: Date): number {
	const hours = (wallTime(at) % dayMilliseconds) / hour;
	return Math.min(1, Math.max(0, (lastHour - hours) / (lastHour - firstHour)));
}

export interface ForecastContainer {
	id: string;
	flow: string;
	volumeLiters: number;
	longitude: number;
	latitude: number;
	deviceId: string | null;
	emptiedAt: Date | null;
}

/** Levels as they were read, of each container that has a sensor. */
export interface ReadContainer extends ForecastContainer {
	levels: Level[];
	history: LevelHistory;
	expectedIntervalSeconds: number;
}

export async function readEventFactor(
	db: Context['db'],
): Promise<(at: ForecastContainer, day: Day) => number> {
	const events = await db.selectFrom('operations.waste_event').selectAll().execute();
	return (container, day) =>
		events
			.filter(
				(event) =>
					event.from_day <= day &&
					day <= event.to_day &&
					(event.longitude === null ||
						event.latitude === null ||
						distanceMeters([event.longitude, event.latitude], [container.longitude, container.latitude]) <=
							(event.radius_meters ?? 500)),
			)
			.reduce((product, { factor }) => product * factor, 1);
}

/** All active containers with what their sensors said until `now`. */
export async function readContainers({ db, sensing }: Context, now: Date): Promise<ReadContainer[]> {
	const rows = await db
		.selectFrom('operations.waste_container')
		.select(['id', 'flow', 'volume_liters', 'longitude', 'latitude', 'device_id', 'emptied_at'])
		.where('active', '=', true)
		.orderBy('id')
		.execute();
	const deviceIds = rows.flatMap(({ device_id }) => device_id ?? []);
	const series = new Map(
		(deviceIds.length
			? await sensing.reading.series(system, { deviceIds, property: 'fillingLevel' })
			: []
		).map(({ deviceId, id }) => [deviceId, id]),
	);
	const interval = await readIntervals(sensing, new Set(deviceIds));
	const from = new Date(now.getTime() - historyDays * dayMilliseconds);
	const read: ReadContainer[] = [];
	for (const row of rows) {
		const seriesId = series.get(row.device_id ?? '');
		const range =
			seriesId === undefined
				? null
				: await sensing.reading.range(system, seriesId, from, now, { maxPoints: 50_000 });
		const levels = range?.ok
			? range.value.points.map(({ at, value }) => ({ at: at.getTime(), percent: value }))
			: [];
		read.push({
			id: row.id,
			flow: row.flow,
			volumeLiters: row.volume_liters,
			longitude: row.longitude,
			latitude: row.latitude,
			deviceId: row.device_id,
			emptiedAt: row.emptied_at,
			levels,
			history: readLevels(levels),
			expectedIntervalSeconds: interval.get(row.device_id ?? '') ?? 3600,
		});
	}
	return read;
}

/** How often these devices speak, in seconds. */
async function readIntervals(
	sensing: Context['sensing'],
	deviceIds: ReadonlySet<string>,
): Promise<Map<string, number>> {
	const found = new Map<string, number>();
	for (let page = 1; found.size < deviceIds.size; page++) {
		const listed = await sensing.devices.list(system, { page, pageSize: 500 });
		if (!listed.ok || !listed.value.items.length) break;
		for (const { id, expectedIntervalSeconds } of listed.value.items)
			if (deviceIds.has(id)) found.set(id, expectedIntervalSeconds);
	}
	return found;
}

/** Days of inflow of a container in litres; of a sensor that got stuck only those before. */
export function inflowOf(container: ReadContainer, doubt: SensorDoubt | null): InflowHistory['inflow'] {
	if (doubt === 'jumps' || doubt === 'drift') return [];
	const { inflow } = container.history;
	const end =
		doubt === 'stuck' ? inflow.findLastIndex(({ percent }) => Math.abs(percent) > 0.2) + 1 : inflow.length;
	return inflow.slice(0, end).map(({ day, percent, censored }) => ({
		day,
		liters: Math.max(0, (percent / 100) * container.volumeLiters),
		censored,
	}));
}

/** Fit each flow on the days before `today`. */
export function fitFlows(
	containers: readonly (ForecastContainer & { inflow: InflowHistory['inflow'] })[],
	today: Day,
	eventFactor: (at: ForecastContainer, day: Day) => number,
): Map<string, FlowModel> {
	const byId = new Map(containers.map((container) => [container.id, container]));
	const factor: EventFactor = (id, day) => {
		const container = byId.get(id);
		return container ? eventFactor(container, day) : 1;
	};
	return new Map(
		[...Map.groupBy(containers, ({ flow }) => flow)].map(([flow, own]) => [
			flow,
			fitFlow(own, today, factor),
		]),
	);
}

/** Forecasts of all containers, from their levels, the drivers' words and each other. */
export function createForecasts(context: Context): Forecasts {
	const { db, now } = context;

	return {
		async run() {
			const at = now();
			const today = dayOf(at);
			const [containers, eventFactor] = await Promise.all([readContainers(context, at), readEventFactor(db)]);
			await notePickups(containers);
			const pickups = Map.groupBy(
				(
					await db
						.selectFrom('operations.waste_pickup')
						.select(['container_id', 'at', 'source', 'fill_percent', 'level_percent'])
						.where('at', '>', new Date(at.getTime() - 90 * dayMilliseconds))
						.orderBy('at', 'desc')
						.execute()
				).map((row) => ({
					containerId: row.container_id,
					at: row.at.getTime(),
					source: row.source,
					fillPercent: row.fill_percent,
					levelPercent: row.level_percent,
				})),
				({ containerId }) => containerId,
			);
			const usual = new Map(
				[...Map.groupBy(containers, ({ flow }) => flow)].map(([flow, own]) => [flow, middleInflow(own)]),
			);
			const doubts = new Map(
				containers.map((container) => [
					container.id,
					container.deviceId
						? doubtOf({
								levels: container.levels,
								history: container.history,
								now: at.getTime(),
								expectedIntervalSeconds: container.expectedIntervalSeconds,
								usualPercentPerDay: usual.get(container.flow) ?? 5,
								pickups: pickups.get(container.id) ?? [],
							})
						: null,
				]),
			);
			const models = fitFlows(
				containers.map((container) => ({
					...container,
					inflow: inflowOf(container, doubts.get(container.id) ?? null),
				})),
				today,
				eventFactor,
			);
			const rows = containers.map((container) => {
				const doubt = doubts.get(container.id) ?? null;
				const flow = models.get(container.flow);
				const model = modelFor(flow, container, doubt);
				const event = (day: Day) => eventFactor(container, day);
				const emptied = lastEmptied(container, pickups.get(container.id)?.[0]?.at);
				const level = levelNow(container, model, doubt, emptied, at, event);
				const days = predict(model, container.volumeLiters, level, {
					today,
					shareLeft: shareOfDayLeft(at),
					days: forecastDays,
					event,
				});
				const own = container.history.inflow.length > 0 && doubt !== 'jumps' && doubt !== 'drift';
				return {
					container_id: container.id,
					made_at: at,
					source: (own ? 'sensor' : 'siblings') as FillForecast['source'],
					doubt,
					level_percent: level.percent,
					level_spread: level.spread,
					level_at: container.history.last ? new Date(container.history.last.at) : null,
					percent_per_day: (model.litersPerDay / container.volumeLiters) * 100,
					days: JSON.stringify(days),
				};
			});
			if (rows.length)
				await db
					.insertInto('operations.waste_forecast')
					.values(rows)
					.onConflict((conflict) =>
						conflict.column('container_id').doUpdateSet(({ ref }) => ({
							made_at: ref('excluded.made_at'),
							source: ref('excluded.source'),
							doubt: ref('excluded.doubt'),
							level_percent: ref('excluded.level_percent'),
							level_spread: ref('excluded.level_spread'),
							level_at: ref('excluded.level_at'),
							percent_per_day: ref('excluded.percent_per_day'),
							days: ref('excluded.days'),
						})),
					)
					.execute();
			return {
				own: rows.filter(({ source }) => source === 'sensor').length,
				siblings: rows.filter(({ source }) => source === 'siblings').length,
				doubtful: rows.filter(({ doubt }) => doubt !== null).length,
			};
		},
	};

	/** Falls of the level that no driver reported are pickups too: fixed rounds of before, a contractor. */
	async function notePickups(containers: readonly ReadContainer[]): Promise<void> {
		const known = Map.groupBy(
			await db.selectFrom('operations.waste_pickup').select(['container_id', 'at']).execute(),
			({ container_id }) => container_id,
		);
		const found = containers.flatMap((container) =>
			container.history.emptyings
				.filter(
					({ at }) =>
						!known.get(container.id)?.some((pickup) => Math.abs(pickup.at.getTime() - at) < 12 * hour),
				)
				.map((emptying) => ({ container, emptying })),
		);
		if (!found.length) return;
		await db.transaction().execute(async (trx) => {
			for (const { container, emptying } of found)
				await recordPickup(context, trx, {
					containerId: container.id,
					at: new Date(emptying.at),
					source: 'sensor',
					stopId: null,
					fillPercent: null,
					kilograms: null,
					levelPercent: emptying.before,
				});
		});
	}
}

function middleInflow(containers: readonly ReadContainer[]): number {
	const days = containers
		.flatMap(({ history }) => history.inflow.slice(-14).map(({ percent }) => percent))
		.sort((a, b) => a - b);
	return days[Math.floor(days.length / 2)] ?? 0;
}

function lastEmptied(container: ReadContainer, pickup: number | undefined): number | null {
	const seen = Math.max(container.emptiedAt?.getTime() ?? 0, pickup ?? 0);
	return seen > 0 ? seen : null;
}

function modelFor(
	flow: FlowModel | undefined,
	container: ReadContainer,
	doubt: SensorDoubt | null,
): ContainerModel {
	const own = flow?.containers.get(container.id);
	if (!flow || !own) throw new Error('each container is among those its flow was fitted on');
	if (doubt === null) return own;
	return { ...own, litersPerDaySpread: Math.max(own.litersPerDaySpread, own.litersPerDay * doubtfulSpread) };
}

/** What is inside now: the last reading and what came since, or without a believable one what came since the last pickup. */
function levelNow(
	container: ReadContainer,
	model: ContainerModel,
	doubt: SensorDoubt | null,
	emptied: number | null,
	at: Date,
	event: (day: Day) => number,
): LevelNow {
	const { last } = container.history;
	if (last && doubt === null && last.at >= (emptied ?? 0)) {
		const days = Math.max(0, (at.getTime() - last.at) / dayMilliseconds);
		const since = days * (model.litersPerDay / container.volumeLiters) * 100;
		return {
			percent: Math.min(110, Math.max(0, last.percent + since)),
			spread: Math.hypot(readingSpread, since * Math.sqrt(model.dispersion)),
		};
	}
	return levelSince(
		model,
		container.volumeLiters,
		emptied === null ? null : dayOf(new Date(emptied)),
		dayOf(at),
		event,
	);
}
