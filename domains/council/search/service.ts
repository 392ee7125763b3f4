import { createListening, type Role } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { CouncilSearch } from './face.ts';
import { createCouncilSearch } from './search.ts';

/** While a meeting is held its words come in every few seconds: they are found a little later, all at once. */
const restMilliseconds = 5000;

export interface SearchService {
	search: CouncilSearch;
	start(roles: ReadonlySet<Role>): Promise<void>;
	stop(): Promise<void>;
}

/** Search, and in processes with the role `worker` what keeps it up to date. */
export function createSearchService(context: Context): SearchService {
	const { log, pool } = context.platform;
	const search = createCouncilSearch(context);
	let stopped = false;
	let wanted = false;
	let running: Promise<void> | null = null;
	let rest: NodeJS.Timeout | null = null;

	function wake(): void {
		wanted = true;
		if (stopped || running || rest) return;
		wanted = false;
		running = search
			.refresh()
			.catch((error) =>
				log.warn({ reason: (error as Error).message }, 'search could not be brought up to date'),
			)
			.then(() => {
				running = null;
				if (stopped) return;
				rest = setTimeout(() => {
					rest = null;
					if (wanted) wake();
				}, restMilliseconds).unref();
			});
	}
	const listening = createListening(pool, 'council_search', wake, wake);
	return {
		search,
		async start(roles) {
			if (roles.has('worker')) await listening.start();
		},
		async stop() {
			stopped = true;
			if (rest) clearTimeout(rest);
			await listening.stop();
			await running;
		},
	};
}
