import { sha256 } from './sha256.ts';

/** Where a rule found several projects equal, and how one was taken. */
export interface Tie {
	/** Projects that stood equal, the one taken first. */
	between: readonly string[];
	/** What told the first from the second: the lower cost, more votes, or the lot. */
	brokenBy: 'cost' | 'votes' | 'lot';
}

/** A project as far as ties need it. */
export interface Tied {
	id: string;
	cost: number;
	votes: number;
}

/** Orders projects that a rule finds equal: lowest cost, then most votes, then the lot. */
export interface TieBreaker {
	/** Negative when `a` comes first. Never 0 for two ids. */
	compare(a: Tied, b: Tied): number;
	/** @returns the first of them, with the tie that was broken; null when there was but one */
	first<T extends Tied>(equals: readonly T[]): { chosen: T; tie: Tie | null };
}

/**
 * The lot of a project is SHA-256 of the seed, a line end and the project's id; the lowest comes first. With the seed
 * published before the vote anybody can draw it again, and nobody can choose it.
 */
export function createTieBreaker(seed: string): TieBreaker {
	const lots = new Map<string, string>();
	const lot = (id: string) => {
		const known = lots.get(id);
		if (known !== undefined) return known;
		const drawn = sha256(`${seed}\n${id}`);
		lots.set(id, drawn);
		return drawn;
	};
	const compare = (a: Tied, b: Tied) => {
		if (a.cost !== b.cost) return a.cost - b.cost;
		if (a.votes !== b.votes) return b.votes - a.votes;
		return lot(a.id) < lot(b.id) ? -1 : 1;
	};
	return {
		compare,
		first(equals) {
			const sorted = equals.length > 1 ? equals.toSorted(compare) : equals;
			const [chosen, second] = sorted;
			if (!chosen) throw new Error('a tie between none');
			return {
				chosen,
				tie: second ? { between: sorted.map(({ id }) => id), brokenBy: reason(chosen, second) } : null,
			};
		},
	};
}

export function reason(first: Tied, second: Tied): Tie['brokenBy'] {
	if (first.cost !== second.cost) return 'cost';
	return first.votes !== second.votes ? 'votes' : 'lot';
}
