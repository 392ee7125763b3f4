import type { Words } from '@parvis/footprint';
import type { Actor, Locale, Result } from '@parvis/platform';
import type { Page } from './common.ts';
import type { Photo } from './interventions.ts';
import type { PhotoContent } from './photos.ts';
import type { CategorySummary } from './settings.ts';

export type ReportStatus = 'held' | 'received' | 'planned' | 'fixed' | 'refused' | 'spam';

/** A report as agents see it. */
export interface Report {
	id: string;
	/** `S-2026-0042`. */
	number: string;
	category: CategorySummary;
	description: string;
	address: string | null;
	placeId: string | null;
	longitude: number;
	latitude: number;
	status: ReportStatus;
	textPublic: boolean;
	moderated: boolean;
	via: string;
	locale: Locale;
	/** Somebody waits for news of it. */
	followed: boolean;
	interventionId: string | null;
	sameAsId: string | null;
	publicAnswer: string | null;
	photos: Photo[];
	createdAt: Date;
	updatedAt: Date;
	closedAt: Date | null;
}

/** A report as everybody may see it: no word and no photo that an agent has not let through. */
export interface PublicReport {
	number: string;
	category: CategorySummary;
	/** Empty until an agent let it through. */
	description: string;
	address: string | null;
	longitude: number;
	latitude: number;
	status: Exclude<ReportStatus, 'held' | 'spam'>;
	publicAnswer: string | null;
	photos: Photo[];
	/** How many said the same, this one included. */
	count: number;
	createdAt: Date;
	updatedAt: Date;
	closedAt: Date | null;
	/** Service that takes care of it. */
	service: Words;
}

export interface ReportInput {
	/** Id or code. */
	category: string;
	description?: string | undefined;
	longitude?: number | undefined;
	latitude?: number | undefined;
	/** Address, street or place; found when no position is given. */
	address?: string | undefined;
	email?: string | undefined;
	locale?: Locale | undefined;
	/** As it was sent; at most 10 MB. */
	photo?: Uint8Array | undefined;
	/** Number of the report that says the same: no second intervention is opened. */
	sameAs?: string | undefined;
}

export interface ReportReceipt {
	id: string;
	number: string;
	token: string;
	/** Path of its follow page. */
	url: string;
	/** A letter waits for its confirmation. */
	confirmationSent: boolean;
}

export interface Reports {
	/**
	 * Take a report in, and open an intervention for it.
	 * @param options `via`: `web`, `open311` …; `address`: where it came from, counted by a keyed hash and not kept;
	 *   `suspect`: it waits for an agent; `externalKey`: the same one taken in twice is one
	 */
	create(
		input: ReportInput,
		options: {
			via: string;
			address?: string | undefined;
			suspect?: boolean | undefined;
			externalKey?: string | undefined;
		},
	): Promise<Result<ReportReceipt>>;
	/** Open ones nearby that may be the same, likeliest first. */
	similar(input: {
		category: string;
		longitude: number;
		latitude: number;
		description?: string | undefined;
	}): Promise<(PublicReport & { distanceMeters: number })[]>;
	/** By number; null when everybody may not see it. */
	get(number: string): Promise<PublicReport | null>;
	/** The follow page of whoever knows the token. */
	follow(token: string): Promise<FollowedReport | null>;
	/** From the link in the letter: news will come. */
	confirm(token: string): Promise<Result<null>>;
	unsubscribe(token: string): Promise<Result<null>>;
	/** A photo of the reporter's own, or one that was let through. */
	photo(token: string, photoId: string): Promise<PhotoContent | null>;
	list(filter?: {
		status?: readonly PublicReport['status'][] | undefined;
		category?: string | undefined;
		numbers?: readonly string[] | undefined;
		from?: Date | undefined;
		to?: Date | undefined;
		updatedFrom?: Date | undefined;
		updatedTo?: Date | undefined;
		near?: { longitude: number; latitude: number; withinMeters: number } | undefined;
		page?: number | undefined;
		pageSize?: number | undefined;
	}): Promise<Page<PublicReport>>;
	/** For agents: what waits for them first. */
	queue(
		actor: Actor,
		filter?: { waiting?: boolean | undefined; page?: number | undefined },
	): Promise<Result<Page<Report & { interventionNumber: string | null }>>>;
	/** Let words and photos be seen by everybody, or not. */
	moderate(
		actor: Actor,
		id: string,
		decision: { textPublic: boolean; publicPhotoIds: readonly string[] },
	): Promise<Result<null>>;
	/** One that waits because it looked suspect is real: its intervention is opened. */
	accept(actor: Actor, id: string): Promise<Result<null>>;
	/** Not a report at all. Its words and photos go, nobody is told. */
	discard(actor: Actor, id: string): Promise<Result<null>>;
	/** It is about the same as another intervention: its own is cancelled when no other report stands behind it. */
	merge(actor: Actor, id: string, interventionReference: string): Promise<Result<null>>;
}

export interface FollowedReport extends PublicReport {
	id: string;
	token: string;
	/** News are sent. */
	following: boolean;
	/** An address waits for its confirmation. */
	unconfirmed: boolean;
	held: boolean;
	/** What happened, oldest first, in plain words. */
	steps: { status: ReportStatus; at: Date }[];
	/** When it is planned for, if it is. */
	plannedOn: string | null;
	/** At the end, what the agents showed. */
	closingPhotos: Photo[];
}
