import type { Actor, Room } from '@parvis/platform';
import type { Attachments, Calls, Questionnaires } from './face/calls.ts';
import type { Counting } from './face/counting.ts';
import type { Follows, Merges } from './face/following.ts';
import type { Comments, Communities, Ideas } from './face/ideas.ts';
import type { Moderation } from './face/moderation.ts';
import type { Projects } from './face/projects.ts';
import type { Reviews } from './face/reviews.ts';
import type { Ballots, Eligibilities, Paper } from './face/voting.ts';

export * from './face/calls.ts';
export type * from './face/counting.ts';
export type * from './face/following.ts';
export type * from './face/ideas.ts';
export type * from './face/moderation.ts';
export type * from './face/projects.ts';
export type * from './face/reviews.ts';
export type * from './face/voting.ts';

/** From an idea to a thing built. */
export interface Participation {
	room: Room;
	calls: Calls;
	questionnaires: Questionnaires;
	attachments: Attachments;
	ideas: Ideas;
	comments: Comments;
	communities: Communities;
	follows: Follows;
	merges: Merges;
	moderation: Moderation;
	reviews: Reviews;
	projects: Projects;
	eligibility: Eligibilities;
	ballots: Ballots;
	paper: Paper;
	counting: Counting;
	/** Live through a call of each phase with invented residents, where there is none yet. @throws outside a demonstration */
	fillDemo(): Promise<void>;
	/** For pages, which import types only. */
	may: {
		manage(actor: Actor): boolean;
		moderate(actor: Actor): boolean;
		review(actor: Actor): boolean;
		holdBooth(actor: Actor): boolean;
	};
}
