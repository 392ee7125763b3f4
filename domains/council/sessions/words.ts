import type { Locale, Platform } from '@parvis/platform';
import type { RecordEntry } from '../face.ts';
import type { MeetingEvent } from '../record.ts';
import type { Sitting } from '../sitting.ts';

/** What the public may read afterwards of a time behind closed doors: who came and went, what was decided. */
const decided = new Set<MeetingEvent['kind']>([
	'arrived',
	'left',
	'recused',
	'recusal_ended',
	'chair_taken',
	'secretary_named',
	'item_taken',
	'item_put_off',
	'vote_opened',
	'vote_closed',
	'vote_corrected',
	'election_opened',
	'round_opened',
	'round_closed',
	'round_corrected',
	'appointed',
	'suspended',
	'resumed',
	'closed',
]);

/** Each ballot of a public vote stands with its result; how the desk orders the queue is nobody's news. */
const silent = new Set<MeetingEvent['kind']>(['voted', 'queue_ordered']);

/** Entries of the record that a reader may see. @param outside not in the room behind closed doors */
export function entriesShown({ events, state }: Sitting, outside: boolean): MeetingEvent[] {
	const lastClosing = state.closedDoors
		? events.findLastIndex((event) => event.kind === 'doors' && event.data.closed)
		: events.length;
	let inside = false;
	return events.filter((event, n) => {
		if (event.kind === 'doors') inside = event.data.closed;
		if (silent.has(event.kind)) return false;
		if (!outside || event.kind === 'doors') return true;
		return n < lastClosing && (!inside || decided.has(event.kind));
	});
}

/** The record in words. */
export function recordInWords(
	sitting: Sitting,
	outside: boolean,
	t: (key: string, detail: Record<string, string | number>) => string,
): RecordEntry[] {
	const names = new Map(sitting.seats.map(({ id, name }) => [id, name]));
	const titles = new Map(sitting.items.map(({ id, title }) => [id, title]));
	const votes = new Map(sitting.state.votes.map((vote) => [vote.id, vote]));
	const elections = new Map(sitting.state.elections.map((election) => [election.id, election]));
	const electionOf = new Map(
		sitting.state.elections.flatMap((election) =>
			election.rounds.map((round) => [round.id, election] as const),
		),
	);
	const named = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? '').join(', ');

	/** The sentence of an entry, and what goes into it. */
	function sentence(event: MeetingEvent): [key: string, detail: Record<string, string | number>] {
		switch (event.kind) {
			case 'doors':
				return [`doors_${event.data.closed ? 'closed' : 'opened'}`, {}];
			case 'closed':
				return [event.data.noQuorum ? 'closed_no_quorum' : 'closed', {}];
			case 'arrived':
				return [event.data.remote ? 'arrived_remote' : 'arrived', { name: named([event.data.seatId]) }];
			case 'hand_raised':
			case 'floor_given':
				return [
					event.data.pointOfOrder ? `${event.kind}_order` : event.kind,
					{ name: named([event.data.seatId]) },
				];
			case 'floor_taken_back':
				return [event.data.over ? 'floor_over' : event.kind, {}];
			case 'floor_extended':
				return [event.kind, { seconds: event.data.seconds }];
			case 'urgency_ruled': {
				const { approved, for: yes, against, abstention } = event.data;
				return [`urgency_${approved ? 'approved' : 'refused'}`, { for: yes, against, abstention }];
			}
			case 'vote_opened': {
				const vote = votes.get(event.data.voteId);
				const detail = {
					item: vote?.subject || (titles.get(event.data.itemId ?? '') ?? ''),
					names: named(vote?.requestedBy ?? []),
				};
				if (vote?.purpose === 'closed_doors') return ['vote_opened_closed_doors', detail];
				if (vote?.purpose === 'no_secrecy') return ['vote_opened_no_secrecy', detail];
				const asked = vote?.requestedBy.length ? '_asked' : '';
				return [`vote_opened_${event.data.method}${asked}`, detail];
			}
			case 'vote_closed':
			case 'vote_corrected': {
				const { result } = event.data;
				return [
					`${event.kind}_${result.adopted ? 'adopted' : 'rejected'}`,
					{
						for: result.for,
						against: result.against,
						abstention: result.abstention,
						text: event.kind === 'vote_corrected' ? event.data.reason : '',
					},
				];
			}
			case 'election_opened':
				return [event.kind, { item: event.data.subject }];
			case 'round_opened':
				return [
					event.kind,
					{ item: elections.get(event.data.electionId)?.subject ?? '', number: event.data.number },
				];
			case 'round_closed':
			case 'round_corrected': {
				const { result } = event.data;
				return [
					`${event.kind}_${result.elected === null ? 'none' : 'elected'}`,
					{
						item: electionOf.get(event.data.roundId)?.subject ?? '',
						name: result.elected ?? '',
						names: result.votes.map(({ name, votes: n }) => `${name} ${n}`).join(', '),
						blank: result.blank,
						void: result.void,
						text: event.kind === 'round_corrected' ? event.data.reason : '',
					},
				];
			}
			case 'appointed':
				return [event.kind, { item: event.data.subject, names: event.data.names.join(', ') }];
			case 'noted':
				return [event.kind, { text: event.data.text }];
			default: {
				const data = event.data as { seatId?: string; itemId?: string };
				return [event.kind, { name: named([data.seatId ?? '']), item: titles.get(data.itemId ?? '') ?? '' }];
			}
		}
	}

	return entriesShown(sitting, outside).map((event) => {
		const [key, detail] = sentence(event);
		return { id: event.id, at: event.at, text: t(`council.record_${key}`, detail) };
	});
}

/** The room's sentences in one language. */
export const wordsIn =
	({ messages }: Pick<Platform, 'messages'>, locale: Locale) =>
	(key: string, detail: Record<string, string | number>) =>
		messages.t(locale, key, detail);
