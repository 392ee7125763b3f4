/** Days are whole numbers that follow each other; an interval holds its first day and not its last. */
export interface Stay {
	/** What it is known from: a device of the inventory, a collected item. */
	subject: string;
	/** `town`: seen in service. `elsewhere`: handed on to be used, which nobody sees. */
	where: 'town' | 'elsewhere';
	/** As it came to be there. */
	acquired: 'new' | 'used';
	from: number;
	/** Null: still there. */
	to: number | null;
	/** Within the stay, when it served nobody: in a drawer, missing. */
	idle?: readonly { from: number; to: number }[] | undefined;
}

export type CreditKind = 'kept' | 'refurbished' | 'reused';

/** Days of one kind on which a device served, as they count. */
export interface Credit {
	subject: string;
	kind: CreditKind;
	from: number;
	to: number;
	/** A new device's making is displaced on these days. */
	displaces: boolean;
	/** A part of its refurbishing is charged to these days. */
	refurbishing: boolean;
}

/** Days of refurbishing that a second life ended too early to carry, charged on its last day. */
export interface Unpaid {
	subject: string;
	kind: CreditKind;
	day: number;
	days: number;
}

export interface CreditRule {
	/** Days that a new device of the kind serves; its making is carried by so many. */
	referenceDays: number;
	/** Days of a second life. */
	secondLifeDays: number;
	/** Nothing is credited from this day on: it has not been yet. */
	until: number;
}

interface Piece {
	stay: Stay;
	from: number;
	to: number;
}

/**
 * What one physical device is credited with over all its stays. The rule: every day on which it served counts once, whoever
 * saw it; of a device that the town bought new the first `referenceDays` of service carry its own making and displace nothing,
 * whoever had it; a stay elsewhere is believed for `secondLifeDays` at most and gives way to any day seen in the town; each
 * time it is refurbished its refurbishing is charged whole. What is credited is therefore never more than the days of service
 * beyond the first life, each at a new device's making by its reference years.
 */
export function creditsOf(stays: readonly Stay[], rule: CreditRule): { credits: Credit[]; unpaid: Unpaid[] } {
	const pieces = disjoint(stays, rule);
	const credits: Credit[] = [];
	const unpaid: Unpaid[] = [];
	// A device first seen when it was used already: its making was carried by a life nobody here knows.
	let owed = pieces[0]?.stay.acquired === 'new' ? rule.referenceDays : 0;
	let second: { subject: string; kind: CreditKind; left: number; end: number } | null = null;
	let last: Stay | null = null;
	const close = (ended: boolean) => {
		if (second && second.left > 0 && ended)
			unpaid.push({ subject: second.subject, kind: second.kind, day: second.end, days: second.left });
		second = null;
	};
	for (const { stay, from, to } of pieces) {
		const kind = stay.where === 'elsewhere' ? 'reused' : 'refurbished';
		if (stay !== last) {
			close(true);
			if (stay.acquired === 'used')
				second = { subject: stay.subject, kind, left: rule.secondLifeDays, end: from };
			last = stay;
		}
		for (let day = from; day < to; ) {
			const carries = second !== null && second.left > 0;
			const next = Math.min(
				to,
				owed > 0 ? day + owed : to,
				second !== null && second.left > 0 ? day + second.left : to,
			);
			const days = next - day;
			const displaces = owed <= 0;
			if (displaces || carries)
				credits.push({
					subject: stay.subject,
					kind: carries ? kind : 'kept',
					from: day,
					to: next,
					displaces,
					refurbishing: carries,
				});
			owed = Math.max(0, owed - days);
			if (second) {
				second.left -= Math.min(days, second.left);
				second.end = next - 1;
			}
			day = next;
		}
	}
	close(last !== null && last.to !== null && last.to <= rule.until);
	return { credits, unpaid };
}

/** The days on which it served, in order and without overlap: those seen in the town first, then those believed. */
function disjoint(stays: readonly Stay[], { secondLifeDays, until }: CreditRule): Piece[] {
	const order = (a: Stay, b: Stay) => a.from - b.from || (a.subject < b.subject ? -1 : 1);
	const taken: Piece[] = [];
	const add = (stay: Stay, from: number, to: number) => {
		let pieces = [{ from, to }];
		for (const gone of [...taken, ...(stay.idle ?? [])])
			pieces = pieces
				.flatMap((piece) => [
					{ from: piece.from, to: Math.min(piece.to, gone.from) },
					{ from: Math.max(piece.from, gone.to), to: piece.to },
				])
				.filter((piece) => piece.from < piece.to);
		taken.push(...pieces.map((piece) => ({ stay, ...piece })));
	};
	const town = stays.filter(({ where }) => where === 'town').sort(order);
	for (const stay of town) add(stay, stay.from, Math.min(stay.to ?? until, until));
	let believedTo = Number.NEGATIVE_INFINITY;
	for (const stay of stays.filter(({ where }) => where === 'elsewhere').sort(order)) {
		// Handed on twice without having come back: one life, told twice.
		if (stay.from < believedTo) continue;
		const back = town.find(({ from }) => from > stay.from)?.from ?? Number.POSITIVE_INFINITY;
		believedTo = Math.min(stay.from + secondLifeDays, stay.to ?? Number.POSITIVE_INFINITY, back);
		add(stay, stay.from, Math.min(believedTo, until));
		believedTo = Math.min(back, Number.MAX_SAFE_INTEGER);
	}
	return taken.sort((a, b) => a.from - b.from);
}
