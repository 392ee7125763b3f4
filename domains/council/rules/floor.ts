/** How the queue is ordered: by arrival, who has spoken least first, whose group has spoken least on the item first. */
export const floorRules = ['first_come', 'least_spoken', 'group_balance'] as const;
export type FloorRule = (typeof floorRules)[number];

export interface FloorSettings {
	rule: FloorRule;
	/** For one intervention; null for no limit. */
	speechSeconds: number | null;
	/** For all members of a group on one item; null for no limit. */
	groupSeconds: number | null;
	/** Whether the floor ends by itself when the time of an intervention is over. */
	cutsAtLimit: boolean;
}

/** Who has the floor. What remains: `limitSeconds - usedSeconds - (now - since)`. */
export interface Floor {
	seatId: string;
	since: Date;
	/** Spoken before `since`: the intervention was interrupted. */
	usedSeconds: number;
	/** Null for no limit. */
	limitSeconds: number | null;
	/** Rappel au règlement. */
	pointOfOrder: boolean;
}

/** A time in which one member spoke without interruption. */
export interface Speech {
	seatId: string;
	itemId: string | null;
	from: Date;
	/** Null while it lasts. */
	until: Date | null;
	pointOfOrder: boolean;
	closedDoors: boolean;
}

export interface Hand {
	seatId: string;
	pointOfOrder: boolean;
}

/**
 * Who speaks next: points of order, then who the chair placed by hand, then the others by rule. Among equals the first
 * come is first.
 * @param hands in the order in which they were raised
 * @param placed seats as the chair ordered them
 */
export function queueOf(
	hands: readonly Hand[],
	rule: FloorRule,
	{
		placed,
		seconds,
		groupSeconds,
		groupOf,
	}: {
		placed: readonly string[];
		seconds: (seatId: string) => number;
		groupSeconds: (group: string) => number;
		groupOf: (seatId: string) => string;
	},
): string[] {
	const weight = (seatId: string) =>
		rule === 'least_spoken' ? seconds(seatId) : rule === 'group_balance' ? groupSeconds(groupOf(seatId)) : 0;
	const rank = ({ seatId, pointOfOrder }: Hand) => {
		if (pointOfOrder) return -1;
		const place = placed.indexOf(seatId);
		return place === -1 ? placed.length : place;
	};
	return hands
		.toSorted(
			(a, b) =>
				rank(a) - rank(b) ||
				(rank(a) === placed.length && !a.pointOfOrder ? weight(a.seatId) - weight(b.seatId) : 0),
		)
		.map(({ seatId }) => seatId);
}

/** When the floor ends by itself, null when it does not. */
export function cutAt(floor: Floor | null, settings: Pick<FloorSettings, 'cutsAtLimit'>): Date | null {
	if (!floor || floor.limitSeconds === null || !settings.cutsAtLimit) return null;
	return new Date(floor.since.getTime() + Math.max(0, floor.limitSeconds - floor.usedSeconds) * 1000);
}

const secondsBetween = (from: Date, until: Date) => Math.max(0, until.getTime() - from.getTime()) / 1000;

/**
 * Clock of the floor. A point of order interrupts who speaks, a suspension stops everybody; who was interrupted and is
 * given the floor again goes on with the time that was left.
 */
export class FloorClock {
	current: Floor | null = null;
	/** Interrupted ones, the newest last. */
	readonly waiting: Floor[] = [];
	readonly speeches: Speech[] = [];
	itemId: string | null = null;
	#closedDoors = false;

	give(seatId: string, at: Date, limitSeconds: number | null, pointOfOrder: boolean): void {
		if (this.current?.seatId === seatId) return;
		if (pointOfOrder) this.#interrupt(at);
		else this.#stop(at);
		const place = this.waiting.findLastIndex(
			(floor) => floor.seatId === seatId && floor.pointOfOrder === pointOfOrder,
		);
		const [waited] = place >= 0 ? this.waiting.splice(place, 1) : [];
		this.#start(waited ?? { seatId, since: at, usedSeconds: 0, limitSeconds, pointOfOrder }, at);
	}

	takeBack(at: Date): void {
		this.#stop(at);
	}

	extend(seconds: number): void {
		if (this.current?.limitSeconds != null)
			this.current = { ...this.current, limitSeconds: this.current.limitSeconds + seconds };
	}

	suspend(at: Date): void {
		this.#interrupt(at);
	}

	leave(seatId: string, at: Date): void {
		for (let place = this.waiting.length - 1; place >= 0; place--)
			if (this.waiting[place]?.seatId === seatId) this.waiting.splice(place, 1);
		if (this.current?.seatId === seatId) this.takeBack(at);
	}

	/** Everybody has finished: the next item, the end. */
	clear(at: Date): void {
		this.#stop(at);
		this.waiting.length = 0;
	}

	/** From now on it is spoken behind closed doors, or in public again. */
	doors(closed: boolean, at: Date): void {
		const { current } = this;
		this.#interrupt(at);
		this.#closedDoors = closed;
		if (!current) return;
		const waited = this.waiting.pop();
		if (waited) this.#start(waited, at);
	}

	#start(floor: Floor, at: Date): void {
		this.current = { ...floor, since: at };
		this.speeches.push({
			seatId: floor.seatId,
			itemId: this.itemId,
			from: at,
			until: null,
			pointOfOrder: floor.pointOfOrder,
			closedDoors: this.#closedDoors,
		});
	}

	#stop(at: Date): void {
		const last = this.speeches.at(-1);
		if (this.current && last) last.until = at < last.from ? last.from : at;
		this.current = null;
	}

	#interrupt(at: Date): void {
		const { current } = this;
		this.#stop(at);
		if (current)
			this.waiting.push({
				...current,
				usedSeconds: current.usedSeconds + secondsBetween(current.since, at),
			});
	}
}

/** Seconds spoken, by what `of` says of each speech. @param now for who speaks */
export function secondsBy(
	speeches: readonly Speech[],
	of: (speech: Speech) => string | null,
	now: Date,
): Map<string, number> {
	const seconds = new Map<string, number>();
	for (const speech of speeches) {
		const key = of(speech);
		if (key !== null)
			seconds.set(key, (seconds.get(key) ?? 0) + secondsBetween(speech.from, speech.until ?? now));
	}
	return seconds;
}
