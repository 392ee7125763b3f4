import { system } from '@parvis/platform';
import type { Context } from './context.ts';
import type { Ballots, Counting } from './face.ts';

/** What this room does by the clock. */
export function defineJobs(context: Context, rooms: { ballots: Ballots; counting: Counting }): void {
	context.platform.jobs.define('participation.mix', { cron: '*/10 * * * *', retryLimit: 0 }, () =>
		rooms.ballots.mix(),
	);
	context.platform.jobs.define('participation.close', { cron: '*/2 * * * *', retryLimit: 0 }, async () => {
		await rooms.counting.closeDue(system);
	});
}
