import type { PageContext, PageRequest } from '../../server/web.ts';

declare global {
	namespace App {
		/** What `hooks.server.ts` takes from the request that the server handed over. */
		interface Locals extends PageContext {}
		interface Platform {
			req: PageRequest;
		}
	}
}
