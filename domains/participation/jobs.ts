import { system } from '@parvis/platform';
import { defineForgetting } from './attachments.ts';
import type { Context } from './context.ts';
import type { Ballots, Counting, Follows, Reviews } from './face.ts';

/** What this room does by the clock. */
export function defineJobs(
	context: Context,
	rooms: { ballots: Ballots; counting: Counting; follows: Follows; reviews: Reviews },
): void {
	const { jobs } = context.platform;
	defineForgetting(context);
	jobs.define('participation.mix', { cron: '*/10 * * * *', retryLimit: 0 }, () => rooms.ballots.mix());
	jobs.define('participation.close', { cron: '*/2 * * * *', retryLimit: 0 }, async () => {
		await rooms.counting.closeDue(system);
	});
	jobs.define('participation.digests', { cron: '30 7 * * *' }, async () => {
		await rooms.follows.sendDigests();
	});
	jobs.define('participation.remind', { cron: '0 8 * * 1-5' }, async () => {
		await rooms.reviews.remind();
	});
}
