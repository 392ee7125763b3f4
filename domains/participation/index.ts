import type { Platform, Room } from '@parvis/platform';
import { createCalls } from './calls.ts';
import type { Context, Neighbours } from './context.ts';
import type { Participation } from './face.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { mayHoldBooth, mayManage, mayModerate, mayReview } from './policies.ts';
import { createQuestionnaires } from './questionnaires.ts';
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
	const built = {
		room,
		calls,
		questionnaires: createQuestionnaires(context),
		may: { manage: mayManage, moderate: mayModerate, review: mayReview, holdBooth: mayHoldBooth },
	};
	// Files of this room are being added one by one.
	return built as unknown as Participation;
}
