import type { Platform, Room } from '@parvis/platform';
import { createParticipationApi } from './api.ts';
import { createAttachments } from './attachments.ts';
import { createBallots } from './ballots.ts';
import { createCalls } from './calls.ts';
import { createComments } from './comments.ts';
import { createCommunities } from './communities.ts';
import type { Context, Neighbours } from './context.ts';
import { createCounting } from './counting.ts';
import { participationDatasets } from './datasets.ts';
import { fillDemo } from './demo.ts';
import { createEligibilities } from './eligibility.ts';
import type { Participation } from './face.ts';
import { createFollows } from './follows.ts';
import { createIdeaImport } from './idea-import.ts';
import { createIdeas } from './ideas.ts';
import { defineJobs } from './jobs.ts';
import { createMerges } from './merges.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createModeration } from './moderation.ts';
import { createPaper } from './paper.ts';
import { createPersonalData } from './personal-data.ts';
import { mayHoldBooth, mayManage, mayModerate, mayReview } from './policies.ts';
import { createProjects } from './projects.ts';
import { createQuestionnaires } from './questionnaires.ts';
import { createReviews } from './reviews.ts';
import { createConsoleSms } from './sms.ts';
import type { DB } from './tables.ts';

export type * from './face.ts';

export interface ParticipationOptions {
	/** The clock that phases go by; tests have their own. */
	now?: () => Date;
}

export function createParticipation(
	platform: Platform,
	neighbours: Neighbours,
	options: ParticipationOptions = {},
): Participation {
	const context: Context = {
		platform,
		db: platform.db<DB>(),
		...neighbours,
		now: options.now ?? (() => new Date()),
	};
	const calls = createCalls(context);
	const ballots = createBallots(context);
	const counting = createCounting(context, calls);
	const follows = createFollows(context);
	const reviews = createReviews(context);
	defineJobs(context, { ballots, counting, follows, reviews });
	platform.personalData.offer('participation', createPersonalData(context));
	const ideas = createIdeas(context);
	const projects = createProjects(context);
	for (const dataset of participationDatasets({ calls, ideas, projects }))
		platform.datasets.offer('participation', dataset);
	const room: Room = {
		name: 'participation',
		migrations: new URL('./migrations/', import.meta.url),
		messages: { fr, en },
		roles: [
			'participation:manager',
			'participation:moderator',
			'participation:reviewer',
			'participation:booth',
		],
		scopes: ['participation:write'],
		api: createParticipationApi(platform, {
			calls,
			ideas,
			projects,
			counting,
			follows,
			ideaImport: createIdeaImport(context),
		}),
	};
	return {
		room,
		calls,
		questionnaires: createQuestionnaires(context),
		attachments: createAttachments(context),
		ideas,
		comments: createComments(context),
		communities: createCommunities(context),
		follows,
		merges: createMerges(context),
		moderation: createModeration(context),
		reviews,
		projects,
		eligibility: createEligibilities(context, createConsoleSms(platform)),
		ballots,
		paper: createPaper(context),
		counting,
		fillDemo: () => fillDemo(context),
		may: { manage: mayManage, moderate: mayModerate, review: mayReview, holdBooth: mayHoldBooth },
	};
}
