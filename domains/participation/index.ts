import type { Platform, Room } from '@parvis/platform';
import { createBallots } from './ballots.ts';
import { createCalls } from './calls.ts';
import type { Context, Neighbours } from './context.ts';
import { createCounting } from './counting.ts';
import { createEligibilities } from './eligibility.ts';
import type { Participation } from './face.ts';
import { defineJobs } from './jobs.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createPaper } from './paper.ts';
import { mayHoldBooth, mayManage, mayModerate, mayReview } from './policies.ts';
import { createProjects } from './projects.ts';
import { createQuestionnaires } from './questionnaires.ts';
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
	defineJobs(context, { ballots, counting });
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
	};
	return {
		room,
		calls,
		questionnaires: createQuestionnaires(context),
		projects: createProjects(context),
		eligibility: createEligibilities(context, createConsoleSms(platform)),
		ballots,
		paper: createPaper(context),
		counting,
		may: { manage: mayManage, moderate: mayModerate, review: mayReview, holdBooth: mayHoldBooth },
	} as unknown as Participation;
}
