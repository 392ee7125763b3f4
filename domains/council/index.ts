import type { Platform, Room } from '@parvis/platform';
import { createActsApi } from './acts/api.ts';
import { createDeliberations } from './acts/deliberations.ts';
import { createFeeds } from './acts/feeds.ts';
import { createActs } from './acts/list.ts';
import { createMinutes } from './acts/minutes.ts';
import { scdlColumns } from './acts/scdl.ts';
import { defineAnnexJobs } from './annexes/annex-text.ts';
import { createAnnexes } from './annexes/annexes.ts';
import { defineTelling } from './annexes/telling.ts';
import { createCouncilApi } from './api.ts';
import { createBodies } from './bodies.ts';
import { createCaptionsApi } from './captions/api.ts';
import { createCaptionService } from './captions/service.ts';
import type { Context, Neighbours } from './context.ts';
import { fillDemo } from './demo/fill.ts';
import type { Council } from './face.ts';
import { createFollowsApi } from './follows/api.ts';
import { createCouncilFollows } from './follows/follows.ts';
import { listenForNews } from './follows/news.ts';
import { createLive } from './live.ts';
import { createMeetings } from './meetings.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createPersonalData } from './personal-data.ts';
import { mayPrepare, mayRunFloor } from './policies.ts';
import { createProgrammeApi } from './programme/api.ts';
import { createKeeper } from './programme/keeper.ts';
import { defineMp4Job } from './programme/mp4.ts';
import { createProgramme } from './programme/programme.ts';
import { createShelf } from './programme/shelf.ts';
import { createRoomApi } from './room/api.ts';
import { createVideo } from './room/video.ts';
import { createSearchApi } from './search/api.ts';
import { createSearchService } from './search/service.ts';
import { createFloorTimer } from './sessions/floor-timer.ts';
import { createSessions } from './sessions.ts';
import { createSignals } from './signals.ts';
import type { DB } from './tables.ts';

export type * from './face.ts';
export type * from './programme/face.ts';
export type * from './room/face.ts';

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
	defineAnnexJobs(context);
	defineTelling(context);
	const meetings = createMeetings(context);
	const annexes = createAnnexes(context);
	const deliberations = createDeliberations(context);
	const minutes = createMinutes(context);
	const acts = createActs(context);
	const feeds = createFeeds(context, { deliberations, meetings });
	const sessions = createSessions(context);
	const signals = createSignals(platform);
	const floorTimer = createFloorTimer(context, signals);
	const live = createLive(context, sessions, signals);
	const video = createVideo(context, signals);
	const words = createCaptionService(context, meetings);
	const finding = createSearchService(context);
	defineMp4Job(context);
	const programme = createProgramme(context);
	const keeper = createKeeper(context, video, signals);
	const shelf = createShelf(context, signals);
	const follows = createCouncilFollows(context, finding.search);
	listenForNews(context, finding.search, follows);
	platform.personalData.offer('council', createPersonalData(context));
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
		api: async (api) => {
			await api.register(createCouncilApi(platform, { meetings, sessions, live }, signals));
			await api.register(
				createActsApi(platform, { meetings, sessions, annexes, deliberations, minutes, acts }),
			);
			await api.register(createRoomApi(platform, video));
			await api.register(createCaptionsApi(platform, { meetings, captions: words.captions }));
			await api.register(createSearchApi(finding.search));
			await api.register(createProgrammeApi(platform, context, programme, shelf));
			await api.register(createFollowsApi(platform, follows));
		},
		async start(roles) {
			if (roles.has('web')) floorTimer.start();
			await signals.start();
			if (roles.has('web')) video.start();
			await words.start(roles);
			await finding.start(roles);
			if (roles.has('worker')) keeper.start();
		},
		async stop() {
			await keeper.stop();
			await words.stop();
			await finding.stop();
			floorTimer.stop();
			await video.stop();
			await signals.stop();
		},
	};
	return {
		room,
		bodies: createBodies(context),
		meetings,
		annexes,
		sessions,
		deliberations,
		minutes,
		acts,
		feeds,
		live,
		video,
		captions: words.captions,
		search: finding.search,
		programme,
		follows,
		fillDemo: () => fillDemo(context, { programme, captions: words.captions }),
		may: { prepare: mayPrepare, runFloor: mayRunFloor },
	};
}
