import type { Platform } from '@parvis/platform';

const lockKey = 7_263_010;
const monthsAhead = 2;

/** Months since the year 0: one partition holds one, by UTC. */
export const monthOf = (milliseconds: number) => {
	const date = new Date(milliseconds);
	return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

function monthName(month: number): string {
	return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
}

export interface Partitions {
	/** Have the partitions of these months; most times they are known to be there. */
	ensure(months: Iterable<number>): Promise<void>;
	/** Those of now and of the coming months. */
	ensureAhead(): Promise<void>;
}

export function createPartitions(platform: Platform): Partitions {
	const there = new Set<number>();

	async function ensure(months: Iterable<number>): Promise<void> {
		for (const month of months) {
			if (there.has(month)) continue;
			const table = `observation_${monthName(month).replace('-', '_')}`;
			const client = await platform.pool.connect();
			try {
				await client.query('BEGIN');
				await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
				const { rows } = await client.query(`SELECT to_regclass($1) IS NOT NULL AS there`, [
					`sensing.${table}`,
				]);
				if (!rows[0]?.there) {
					// Attached after it is made, which needs a lighter lock on the table than making it in place: writers go on.
					await client.query(`CREATE TABLE sensing.${table} (LIKE sensing.observation INCLUDING ALL)`);
					await client.query(
						`ALTER TABLE sensing.observation ATTACH PARTITION sensing.${table}
						FOR VALUES FROM ('${monthName(month)}-01 00:00:00+00') TO ('${monthName(month + 1)}-01 00:00:00+00')`,
					);
				}
				await client.query('COMMIT');
				there.add(month);
			} catch (error) {
				await client.query('ROLLBACK').catch(() => {});
				throw error;
			} finally {
				client.release();
			}
		}
	}

	return {
		ensure,
		async ensureAhead() {
			const now = monthOf(Date.now());
			await ensure(Array.from({ length: monthsAhead + 1 }, (_, n) => now + n));
		},
	};
}
