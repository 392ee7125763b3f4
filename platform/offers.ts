import type { AnyTransaction } from './database.ts';

/** Something any room may offer and one place gathers, so that no central list knows the rooms' insides. */
export interface Offers<Source> {
	/** Called by a room while it is built. */
	offer(room: string, source: Source): void;
	all(): readonly { room: string; source: Source }[];
}

/** What a room knows of one person. */
export interface PersonalDataSource {
	/** Everything kept about the person, as plain JSON a human can read. */
	export(personId: string): Promise<Record<string, unknown>>;
	/** Erase it, or cut its link to the person where the law says it must be kept. */
	erase(trx: AnyTransaction, personId: string): Promise<void>;
}

/** A table of public facts, for the open-data catalogue and `./parvis export`. */
export interface DatasetSource {
	/** File name without extension, unique in the town: `places`. */
	name: string;
	title: { fr: string; en: string };
	columns: readonly string[];
	rows(): AsyncIterable<readonly (string | number | boolean | null)[]>;
}

export function createOffers<Source>(): Offers<Source> {
	const offered: { room: string; source: Source }[] = [];
	return {
		offer: (room, source) => void offered.push({ room, source }),
		all: () => offered,
	};
}
