import type { Platform, Room } from '@parvis/platform';
import { createDeliberations, scdlColumns } from './acts/deliberations.ts';
import { createCouncilApi } from './api.ts';
import { createBodies } from './bodies.ts';
import type { Context, Neighbours } from './context.ts';
import { fillDemo } from './demo/fill.ts';
import type { Council } from './face.ts';
import { createLive } from './live.ts';
import { createMeetings } from './meetings.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { mayPrepare } from './policies.ts';
import { createSessions } from './sessions.ts';
import { createSignals } from './signals.ts';
import type { DB } from './tables.ts';

export type * from './face.ts';

export interface CouncilOptions {
	/** The clock that meetings go by; tests have their own. */
	now?: () => Date;
}

export function createCouncil(
	platform: Platform,
	neighbours: Neighbours,
	options: CouncilOptions = {},
): Council {
	const context: Context = {
		platform,
		db: platform.db<DB>(),
		...neighbours,
		now: options.now ?? (() => new Date()),
	};
	const meetings = createMeetings(context);
	const deliberations = createDeliberations(context);
	const sessions = createSessions(context);
	const signals = createSignals(platform);
	const live = createLive(context, sessions, signals);
	platform.datasets.offer('council', {
		name: 'deliberations',
		title: { fr: 'Délibérations (SCDL)', en: 'Deliberations (SCDL)' },
		columns: scdlColumns,
		rows: () => deliberations.scdl(),
	});
	const room: Room = {
		name: 'council',
		migrations: new URL('./migrations/', import.meta.url),
		messages: { fr, en },
		roles: ['council:clerk'],
		api: createCouncilApi(platform, { meetings, deliberations, live }),
		start: signals.start,
		stop: signals.stop,
	};
	return {
		room,
		bodies: createBodies(context),
		meetings,
		sessions,
		deliberations,
		live,
		fillDemo: () => fillDemo(context),
		may: { prepare: mayPrepare },
	};
}
