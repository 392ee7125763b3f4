/** Failures that cost the machine something, as opposed to a codec that merely refuses a payload. */
const costly: ReadonlySet<string> = new Set(['timeout', 'memory', 'stack', 'crash']);

const strikesBeforeQuarantine = 3;
const firstQuarantineMs = 1000;
const longestQuarantineMs = 5 * 60_000;
const successesThatForgive = 20;

interface Record {
	strikes: number;
	successes: number;
	until: number;
	times: number;
}

/**
 * Keeps codecs that eat time away from the others: after three costly failures (a crash
 * counts for two) a codec is set aside for a
 * second, then, if it goes on, twice as long each time up to five minutes. Twenty good payloads forgive one.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createQuarantine(now: () => number) {
	const records = new Map<string, Record>();
	return {
		holds(codecId: string): boolean {
			const record = records.get(codecId);
			return record !== undefined && record.until > now();
		},
		note(codecId: string, reason: string | undefined): void {
			const record = records.get(codecId);
			if (reason !== undefined && costly.has(reason)) {
				strike(record ?? opened(codecId), reason === 'crash' ? 2 : 1);
			} else if (record && reason === undefined) {
				record.successes += 1;
				if (record.successes < successesThatForgive) return;
				record.successes = 0;
				record.strikes -= 1;
				if (record.strikes <= 0) records.delete(codecId);
			}
		},
		count(): number {
			let held = 0;
			for (const record of records.values()) if (record.until > now()) held += 1;
			return held;
		},
	};

	function opened(codecId: string): Record {
		const record = { strikes: 0, successes: 0, until: 0, times: 0 };
		records.set(codecId, record);
		return record;
	}

	function strike(record: Record, weight: number): void {
		record.successes = 0;
		record.strikes += weight;
		if (record.strikes < strikesBeforeQuarantine) return;
		record.until = now() + Math.min(firstQuarantineMs * 2 ** record.times, longestQuarantineMs);
		record.times += 1;
		// One more costly failure after the wait is enough to send it back.
		record.strikes = strikesBeforeQuarantine - 1;
	}
}
