import type { Platform } from '@parvis/platform';
import type { LevelReason } from '../rules/level.ts';
import type { SetPoint } from './commands.ts';
import type { Controller } from './controller.ts';
import type { EnergyOfSegment } from './energy.ts';

interface NewCommand {
	id: string;
	luminaireId: string;
	level: number;
	reason: LevelReason;
	publishedAt: number;
	attempts: number;
	acknowledgedAt: number | null;
}

/** Beyond this many the oldest are forgotten: the history of set-points is no reason to fill the memory. */
const mostKept = 100_000;
const rowsAtOnce = 5000;

/** Writes down, in batches behind the loop, what the loop did. What could not be written is tried again with the next batch. */
export function createJournal(platform: Platform) {
	const dirty = new Set<number>();
	const commands = new Map<string, NewCommand>();
	/** Answers to commands that are written already. */
	const answers = new Map<string, { acknowledgedAt: number | null; attempts: number | null }>();
	let energy: EnergyOfSegment[] = [];

	async function writeStates(controller: Controller, now: Date): Promise<void> {
		const { installation, desired, reportedLevel, reportedWatts, heardAt, failedAt, faults } = controller;
		const lamps = [...dirty];
		for (let start = 0; start < lamps.length; start += rowsAtOnce) {
			const part = lamps.slice(start, start + rowsAtOnce);
			for (const lamp of part) dirty.delete(lamp);
			const date = (at: number | undefined) => (at === undefined || Number.isNaN(at) ? null : new Date(at));
			try {
				await platform.pool.query(
					`INSERT INTO operations.luminaire_state (luminaire_id, desired_level, reason, reported_level,
						reported_watts, last_heard_at, failed_at, fault, updated_at)
					SELECT given.*, $9::timestamptz FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::smallint[],
						$5::real[], $6::timestamptz[], $7::timestamptz[], $8::text[]) AS given (luminaire_id, desired_level,
						reason, reported_level, reported_watts, last_heard_at, failed_at, fault)
					JOIN operations.luminaire lamp ON lamp.id = given.luminaire_id
					ON CONFLICT (luminaire_id) DO UPDATE SET desired_level = excluded.desired_level,
						reason = excluded.reason, reported_level = excluded.reported_level,
						reported_watts = excluded.reported_watts, last_heard_at = excluded.last_heard_at,
						failed_at = excluded.failed_at, fault = excluded.fault, updated_at = excluded.updated_at`,
					[
						part.map((lamp) => installation.lamps[lamp]?.id),
						part.map((lamp) => desired[lamp]?.level ?? 0),
						part.map((lamp) => desired[lamp]?.reason ?? 'profile'),
						part.map((lamp) => ((reportedLevel[lamp] ?? -1) < 0 ? null : reportedLevel[lamp])),
						part.map((lamp) => ((reportedWatts[lamp] ?? -1) < 0 ? null : reportedWatts[lamp])),
						part.map((lamp) => date(heardAt[lamp])),
						part.map((lamp) => date(failedAt[lamp])),
						part.map((lamp) => faults[lamp] ?? null),
						now,
					],
				);
			} catch (error) {
				for (const lamp of part) dirty.add(lamp);
				throw error;
			}
		}
	}

	async function writeCommands(): Promise<void> {
		const rows = [...commands.values()].slice(0, rowsAtOnce);
		if (rows.length) {
			for (const { id } of rows) commands.delete(id);
			try {
				await platform.pool.query(
					`INSERT INTO operations.light_command (id, luminaire_id, level_percent, reason, published_at, attempts, acknowledged_at)
					SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::timestamptz[], $6::smallint[], $7::timestamptz[])
					ON CONFLICT (id) DO NOTHING`,
					[
						rows.map(({ id }) => id),
						rows.map(({ luminaireId }) => luminaireId),
						rows.map(({ level }) => level),
						rows.map(({ reason }) => reason),
						rows.map(({ publishedAt }) => new Date(publishedAt)),
						rows.map(({ attempts }) => attempts),
						rows.map(({ acknowledgedAt }) => (acknowledgedAt === null ? null : new Date(acknowledgedAt))),
					],
				);
			} catch (error) {
				for (const row of rows) commands.set(row.id, row);
				throw error;
			}
		}
		const news = [...answers].slice(0, rowsAtOnce);
		if (!news.length) return;
		await platform.pool.query(
			`UPDATE operations.light_command command SET
				acknowledged_at = coalesce(given.acknowledged_at, command.acknowledged_at),
				attempts = coalesce(given.attempts, command.attempts)
			FROM unnest($1::uuid[], $2::timestamptz[], $3::smallint[]) AS given (id, acknowledged_at, attempts)
			WHERE command.id = given.id`,
			[
				news.map(([id]) => id),
				news.map(([, { acknowledgedAt }]) => (acknowledgedAt === null ? null : new Date(acknowledgedAt))),
				news.map(([, { attempts }]) => attempts),
			],
		);
		for (const [id, answer] of news) if (answers.get(id) === answer) answers.delete(id);
	}

	async function writeEnergy(): Promise<void> {
		const part = energy;
		energy = [];
		if (!part.length) return;
		try {
			await platform.pool.query(
				`INSERT INTO operations.light_energy_day AS kept (segment_id, day, watt_hours, baseline_watt_hours, simulated)
				SELECT segment.id, day, sum(used), sum(baseline), bool_or(simulated)
				FROM unnest($1::uuid[], $2::date[], $3::float8[], $4::float8[], $5::boolean[]) AS given (segment_id, day, used, baseline, simulated)
				JOIN operations.light_segment segment ON segment.id = given.segment_id
				GROUP BY segment.id, day
				ON CONFLICT (segment_id, day) DO UPDATE SET watt_hours = kept.watt_hours + excluded.watt_hours,
					baseline_watt_hours = kept.baseline_watt_hours + excluded.baseline_watt_hours,
					simulated = kept.simulated OR excluded.simulated`,
				[
					part.map(({ segmentId }) => segmentId),
					part.map(({ day }) => day),
					part.map(({ wattHours }) => wattHours),
					part.map(({ baselineWattHours }) => baselineWattHours),
					part.map(({ simulated }) => simulated),
				],
			);
		} catch (error) {
			energy = [...part, ...energy];
			throw error;
		}
	}

	return {
		changed: (lamp: number) => dirty.add(lamp),

		told(luminaireId: string, { id, level, reason }: SetPoint, publishedAt: number): void {
			commands.set(id, {
				id,
				luminaireId,
				level,
				reason,
				publishedAt,
				attempts: 1,
				acknowledgedAt: null,
			});
			if (commands.size > mostKept) for (const old of commands.keys()) return void commands.delete(old);
		},

		toldAgain(id: string, attempts: number): void {
			const fresh = commands.get(id);
			if (fresh) fresh.attempts = attempts;
			else answers.set(id, { acknowledgedAt: answers.get(id)?.acknowledgedAt ?? null, attempts });
		},

		acknowledged(id: string, at: number): void {
			const fresh = commands.get(id);
			if (fresh) fresh.acknowledgedAt = at;
			else answers.set(id, { acknowledgedAt: at, attempts: answers.get(id)?.attempts ?? null });
			if (answers.size > mostKept) for (const old of answers.keys()) return void answers.delete(old);
		},

		addEnergy(parts: readonly EnergyOfSegment[]): void {
			energy.push(...parts);
		},

		/** All of it. @throws when the database does not take it; nothing is lost then */
		async flush(controller: Controller, now: Date): Promise<void> {
			await writeStates(controller, now);
			await writeCommands();
			await writeEnergy();
		},

		/** Lamps are numbered anew. */
		forgetLamps: () => dirty.clear(),
	};
}

export type Journal = ReturnType<typeof createJournal>;
