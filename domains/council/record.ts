import type { SessionState } from './face.ts';
import { applyBallot, noBallots } from './record/ballots.ts';
import type { MeetingEvent } from './record/events.ts';
import { FloorClock, type FloorSettings, queueOf, type Speech, secondsBy } from './rules/floor.ts';
import { votesHeld } from './rules/proxies.ts';
import { quorumOf } from './rules/quorum.ts';

export type { MeetingEvent, NewEvent } from './record/events.ts';

/** What does not happen in the meeting itself but rules it. */
export interface Circumstances {
	/** Seats held on the day, by rank. */
	inOffice: readonly string[];
	/** Political group of each seat. */
	groups: Readonly<Record<string, string>>;
	/** Pouvoirs in force now. */
	proxies: readonly { giverId: string; holderId: string }[];
	/** Members by video count: communities only (CGCT L5211-11-1). */
	remoteCounts: boolean;
	/** Who presides unless the record says otherwise; null for a body without a chair. */
	chairId: string | null;
	/** A second meeting after one without quorum needs none (CGCT L2121-17). */
	needsQuorum: boolean;
	/** Convened in urgency: the body rules on it at the opening (CGCT L2121-12). */
	urgent: boolean;
	/** How the body shares out the floor. */
	floor: FloorSettings;
}

/** Where a meeting stands, and who spoke when. */
export interface Replayed {
	state: SessionState;
	speeches: Speech[];
}

/**
 * Where a meeting stands after its events, in order.
 * @param now for the seconds of who speaks
 */
export function stateOf(events: readonly MeetingEvent[], around: Circumstances, now: Date): SessionState {
	return replay(events, around, now).state;
}

/**
 * Where a meeting stands after its events, in order, and every intervention in it.
 * @param now for the seconds of who speaks
 * @param heard the speeches whose seconds are told; all of them unless said
 */
export function replay(
	events: readonly MeetingEvent[],
	around: Circumstances,
	now: Date,
	heard: (speech: Speech) => boolean = () => true,
): Replayed {
	const present = new Set<string>();
	const remote = new Set<string>();
	const ballots = noBallots();
	const recused = new Map<string, Set<string>>();
	const clock = new FloorClock();
	let hands: SessionState['hands'] = [];
	let placed: readonly string[] = [];
	let forMeeting: Partial<FloorSettings> = {};
	const forItem = new Map<string, Partial<FloorSettings>>();
	const settings = (): FloorSettings => ({
		...around.floor,
		...forMeeting,
		...forItem.get(clock.itemId ?? ''),
	});
	const state: SessionState = {
		status: 'before',
		openedAt: null,
		closedAt: null,
		endedWithoutQuorum: false,
		closedDoors: false,
		urgency: around.urgent ? 'undecided' : null,
		putOff: [],
		present: [],
		remote: [],
		counting: 0,
		inOffice: around.inOffice.length,
		quorum: around.needsQuorum ? quorumOf(around.inOffice.length) : 0,
		quorate: false,
		secretaryId: null,
		secretaries: [],
		chairId: around.chairId,
		microphonesClosed: false,
		shown: null,
		itemId: null,
		taken: [],
		floor: null,
		interrupted: [],
		floorRules: around.floor,
		queue: [],
		hands: [],
		spokenSeconds: {},
		groupSeconds: {},
		groupTotals: {},
		recused: {},
		votes: [],
		elections: [],
	};
	const lower = (seatId: string) => {
		hands = hands.filter((hand) => hand.seatId !== seatId);
	};
	const counting = () => countingSeats(present, remote, around, recused.get(clock.itemId ?? '')).size;
	for (const event of events) {
		if (applyBallot(ballots, event)) continue;
		switch (event.kind) {
			case 'opened':
				state.status = 'open';
				state.openedAt = event.at;
				break;
			case 'suspended':
				clock.suspend(event.at);
				state.status = 'suspended';
				break;
			case 'resumed':
				state.status = 'open';
				break;
			case 'closed':
				clock.clear(event.at);
				hands = [];
				state.status = 'closed';
				state.closedAt = event.at;
				state.closedDoors = false;
				state.endedWithoutQuorum = event.data.noQuorum ?? false;
				break;
			case 'urgency_ruled':
				state.urgency = event.data.approved ? 'approved' : 'refused';
				state.putOff = [...new Set([...state.putOff, ...event.data.putOff])];
				break;
			case 'item_put_off':
				state.putOff = [...new Set([...state.putOff, event.data.itemId])];
				break;
			case 'arrived':
				(event.data.remote ? remote : present).add(event.data.seatId);
				(event.data.remote ? present : remote).delete(event.data.seatId);
				break;
			case 'left':
				present.delete(event.data.seatId);
				remote.delete(event.data.seatId);
				lower(event.data.seatId);
				clock.leave(event.data.seatId, event.at);
				break;
			case 'hand_raised': {
				const { seatId, pointOfOrder = false } = event.data;
				if (hands.some((hand) => hand.seatId === seatId && hand.pointOfOrder === pointOfOrder)) break;
				lower(seatId);
				hands = [...hands, { seatId, since: event.at, pointOfOrder }];
				break;
			}
			case 'hand_lowered':
				lower(event.data.seatId);
				break;
			case 'queue_ordered':
				placed = event.data.seatIds;
				break;
			case 'floor_given': {
				const { seatId, pointOfOrder = false } = event.data;
				lower(seatId);
				clock.give(seatId, event.at, settings().speechSeconds, pointOfOrder);
				break;
			}
			case 'floor_taken_back':
				clock.takeBack(event.at);
				break;
			case 'floor_extended':
				clock.extend(event.data.seconds);
				break;
			case 'floor_rules_set': {
				const { itemId, settings: set } = event.data;
				if (itemId === null) forMeeting = { ...forMeeting, ...set };
				else forItem.set(itemId, { ...forItem.get(itemId), ...set });
				// A rule replaces the order that the chair made by hand.
				if (set.rule) placed = [];
				break;
			}
			case 'secretary_named':
				if (!state.secretaries.includes(event.data.seatId)) state.secretaries.push(event.data.seatId);
				break;
			case 'item_taken':
				clock.clear(event.at);
				clock.itemId = event.data.itemId;
				hands = [];
				placed = [];
				state.itemId = event.data.itemId;
				state.taken.push({ itemId: event.data.itemId, at: event.at, counting: counting() });
				break;
			case 'recused': {
				const { seatId, itemId } = event.data;
				recused.set(itemId, new Set([...(recused.get(itemId) ?? []), seatId]));
				lower(seatId);
				if (itemId === clock.itemId) clock.leave(seatId, event.at);
				break;
			}
			case 'recusal_ended':
				recused.get(event.data.itemId)?.delete(event.data.seatId);
				break;
			case 'doors':
				clock.doors(event.data.closed, event.at);
				state.closedDoors = event.data.closed;
				break;
			case 'microphones_closed':
			case 'microphones_opened':
				state.microphonesClosed = event.kind === 'microphones_closed';
				break;
			case 'document_shown':
				state.shown = { ...event.data, since: event.at };
				break;
			case 'document_hidden':
				state.shown = null;
				break;
			case 'chair_taken':
				state.chairId = event.data.seatId;
				break;
		}
	}
	const groupOf = (seatId: string) => around.groups[seatId] ?? '';
	const told = clock.speeches.filter(heard);
	const seconds = secondsBy(told, ({ seatId }) => seatId, now);
	const onItem = secondsBy(
		told,
		({ seatId, itemId }) => (itemId === clock.itemId ? groupOf(seatId) : null),
		now,
	);
	const rules = settings();
	state.present = [...present];
	state.remote = [...remote];
	state.counting = counting();
	state.quorate = state.counting >= state.quorum;
	state.secretaryId = state.secretaries[0] ?? null;
	state.floor = clock.current;
	state.interrupted = [...clock.waiting];
	state.floorRules = rules;
	state.hands = hands;
	state.queue = queueOf(hands, rules.rule, {
		placed,
		seconds: (seatId) => seconds.get(seatId) ?? 0,
		groupSeconds: (group) => onItem.get(group) ?? 0,
		groupOf,
	});
	state.spokenSeconds = Object.fromEntries(seconds);
	state.groupSeconds = Object.fromEntries(onItem);
	state.groupTotals = Object.fromEntries(secondsBy(told, ({ seatId }) => groupOf(seatId), now));
	state.recused = Object.fromEntries(
		[...recused].flatMap(([itemId, seats]) => (seats.size ? [[itemId, [...seats]]] : [])),
	);
	state.votes = [...ballots.votes.values()];
	state.elections = [...ballots.elections.values()];
	return { state, speeches: clock.speeches };
}

/**
 * Members who count for the quorum and vote: those in the hall, and by video where the law allows it. Who left for a
 * conflict of interest does not (CGCT L2131-11).
 */
function countingSeats(
	present: Iterable<string>,
	remote: Iterable<string>,
	{ remoteCounts, inOffice }: Circumstances,
	away: Iterable<string> = [],
): Set<string> {
	const here = remoteCounts ? [...present, ...remote] : [...present];
	const [held, gone] = [new Set(inOffice), new Set(away)];
	return new Set(here.filter((seat) => held.has(seat) && !gone.has(seat)));
}

/**
 * By seat that may vote on an item now, the seat that casts it, in the order of the seats. Who left for a conflict of
 * interest neither votes nor is represented nor casts another's vote (CGCT L2131-11).
 * @param itemId null for a vote on the meeting itself
 */
export function votersNow(
	state: SessionState,
	around: Circumstances,
	itemId: string | null,
): Map<string, string> {
	const away = new Set(state.recused[itemId ?? ''] ?? []);
	const held = votesHeld(
		countingSeats(state.present, state.remote, around, away),
		around.proxies.filter(({ giverId }) => !away.has(giverId)),
	);
	const rank = new Map(around.inOffice.map((seat, n) => [seat, n]));
	return new Map([...held].toSorted(([a], [b]) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)));
}
