import type { Outcome } from './protocol.ts';

/** One uplink waiting for its turn. */
export interface Waiting {
	bytes: Uint8Array;
	fPort: number;
	milliseconds: number;
	variablesJson: string | null;
	settle(outcome: Outcome): void;
}

/** Uplinks of one codec, taken together. */
export interface Batch {
	codecId: string;
	source: string;
	check: boolean;
	uplinks: Waiting[];
}

/** Codecs take turns: each gives at most `mostPerTurn` of its uplinks, then goes to the back of the row. */
export function createFairQueue(mostPerTurn: number) {
	const rows = new Map<string, { source: string; check: boolean; first: number; uplinks: Waiting[] }>();
	let length = 0;
	return {
		add(batch: Batch): void {
			const row = rows.get(batch.codecId);
			length += batch.uplinks.length;
			if (row) row.uplinks.push(...batch.uplinks);
			else
				rows.set(batch.codecId, {
					source: batch.source,
					check: batch.check,
					first: 0,
					uplinks: [...batch.uplinks],
				});
		},
		/** What was taken and could not be done goes before the codec's other uplinks. */
		putBack(batch: Batch): void {
			if (batch.uplinks.length === 0) return;
			const row = rows.get(batch.codecId);
			length += batch.uplinks.length;
			if (row) row.uplinks = [...batch.uplinks, ...row.uplinks.slice(row.first)];
			else
				rows.set(batch.codecId, {
					source: batch.source,
					check: batch.check,
					first: 0,
					uplinks: batch.uplinks,
				});
			if (row) row.first = 0;
		},
		/** One turn of each codec in order, until `most` uplinks are gathered; codecs `except` wait. */
		take(most: number, except: ReadonlySet<string>): Batch[] {
			const taken: Batch[] = [];
			let left = most;
			for (const [codecId, row] of [...rows]) {
				if (left <= 0) break;
				if (except.has(codecId)) continue;
				const uplinks = row.uplinks.slice(row.first, row.first + Math.min(mostPerTurn, left));
				row.first += uplinks.length;
				left -= uplinks.length;
				length -= uplinks.length;
				rows.delete(codecId);
				if (row.first < row.uplinks.length) rows.set(codecId, row);
				taken.push({ codecId, source: row.source, check: row.check, uplinks });
			}
			return taken;
		},
		length: () => length,
	};
}
