import type { FastifyPluginAsyncZod, Role } from '@parvis/platform';

/** What each part of this room has for the process. */
export interface Part {
	api?: FastifyPluginAsyncZod;
	start?(roles: ReadonlySet<Role>): Promise<void>;
	stop?(): Promise<void>;
	fillDemo?(): Promise<void>;
}
