import type { Platform } from '@parvis/platform';
import type { Kysely } from 'kysely';
import type { Auth } from './auth.ts';
import type { Letters } from './letters.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Roles } from './roles.ts';
import type { Secrets } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import type { DB } from './tables.ts';

/** What the use cases of this room share. */
export interface Context {
	platform: Platform;
	db: Kysely<DB>;
	auth: Auth;
	secrets: Secrets;
	limits: RateLimits;
	letters: Letters;
	sessions: Sessions;
	roles: Roles;
	/** Shortest time that answers take which could tell whether an account exists. */
	evenAnswerMilliseconds: number;
}

/** Run `work` and answer no sooner than `milliseconds`: the time taken says nothing of what was found. */
export async function evenly<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
	const [outcome] = await Promise.allSettled([
		work(),
		new Promise((resolve) => setTimeout(resolve, milliseconds)),
	]);
	if (outcome.status === 'rejected') throw outcome.reason;
	return outcome.value;
}
