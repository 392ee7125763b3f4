import type { Platform } from '@parvis/platform';

export interface Retention {
	/** Delete single observations older than their type allows; hours and days stay. Old dead letters and waiting devices go too. */
	purge(): Promise<{ observations: number }>;
}

const rowsAtOnce = 50_000;
const deadLetterDays = 90;
const waitingDays = 30;

export function createRetention(platform: Platform): Retention {
	const { pool } = platform;
	return {
		async purge() {
			let observations = 0;
			const { rows: series } = await pool.query<{ id: number; before: Date }>(`
				SELECT series.id, now() - make_interval(days => type.retention_days) AS before
				FROM sensing.series
				JOIN sensing.device ON device.id = series.device_id
				JOIN sensing.device_type type ON type.id = device.type_id
				WHERE type.retention_days IS NOT NULL`);
			for (const { id, before } of series) {
				let deleted: number;
				do {
					// A slice at a time, so that nobody waits for a long transaction.
					const { rowCount } = await pool.query(
						`DELETE FROM sensing.observation WHERE series_id = $1 AND observed_at IN (
							SELECT observed_at FROM sensing.observation
							WHERE series_id = $1 AND observed_at < $2 ORDER BY observed_at LIMIT $3)`,
						[id, before, rowsAtOnce],
					);
					deleted = rowCount ?? 0;
					observations += deleted;
				} while (deleted === rowsAtOnce);
			}
			await pool.query(
				`DELETE FROM sensing.dead_letter WHERE received_at < now() - make_interval(days => $1)`,
				[deadLetterDays],
			);
			await pool.query(
				`DELETE FROM sensing.waiting_device WHERE last_seen_at < now() - make_interval(days => $1)`,
				[waitingDays],
			);
			return { observations };
		},
	};
}
