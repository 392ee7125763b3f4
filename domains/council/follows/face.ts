import type { Actor, Result } from '@parvis/platform';

export type FollowKind = 'words' | 'place' | 'body' | 'meeting';
/** `once`: a letter as soon as something happens; `daily`: one in the morning; `never`: kept, without letters. */
export type FollowCadence = 'once' | 'daily' | 'never';

export interface Follow {
	id: string;
	kind: FollowKind;
	/** The words, or the id of what is followed. */
	subject: string;
	/** The words, or the name of what is followed. */
	label: string;
	/** Path on the site. */
	url: string;
	cadence: FollowCadence;
	createdAt: Date;
}

export interface CouncilFollows {
	/** Follow, or follow at another pace. @param input `{ kind, subject, cadence }` */
	add(actor: Actor, input: unknown): Promise<Result<{ id: string }>>;
	/** What a subject is called, to be shown before it is followed; null where there is none. */
	describe(kind: string, subject: string): Promise<{ label: string; url: string } | null>;
	/** The actor's own. */
	list(actor: Actor): Promise<Follow[]>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** End all letters of somebody, by the token in them. @returns whether the token is ours */
	unsubscribe(token: string): Promise<boolean>;
	/** Send what is due at a pace, once to each person. @returns how many letters */
	sendLetters(cadence: 'once' | 'daily'): Promise<number>;
	/** Atom feed of what answers words, newest first. @param self its own path on the site */
	feed(text: string, self: string, locale: 'fr' | 'en'): Promise<string>;
}
