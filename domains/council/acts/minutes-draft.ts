import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { itemsOf } from '../meeting-rows.ts';
import type { MeetingEvent } from '../record.ts';
import type { Sitting } from '../sitting.ts';
import { attendanceAt } from './attendance.ts';
import { electionLines } from './election-lines.ts';
import { choiceWords, dateOf, listed, methodWords, timeOf } from './words.ts';

/** What the record of a meeting does not hold. */
export interface Drafting {
	place: string;
	convenedAt: Date | null;
	urgent: boolean;
	items: {
		id: string;
		number: string;
		section: string;
		title: string;
		kind: string;
		rapporteur: string | null;
	}[];
	proxies: { giver: string; holder: string }[];
	/** Titles of documents, by item. */
	documents: Map<string, string[]>;
	/** What was said about each item, where there is a transcript: who, and their words. */
	said: Map<string, { name: string; text: string }[]>;
}

export async function readDrafting(context: Context, { meeting }: Sitting): Promise<Drafting> {
	const { db } = context;
	const [items, { rows: proxies }, { rows: meetings }, { rows: annexes }, { rows: lines }] =
		await Promise.all([
			itemsOf(context, db, meeting.id, true),
			sql<{ giver: string; holder: string }>`
			SELECT giver.name AS giver, holder.name AS holder FROM council.proxy
			JOIN council.seat giver ON giver.id = giver_id JOIN council.seat holder ON holder.id = holder_id
			WHERE meeting_id = ${meeting.id} AND revoked_at IS NULL ORDER BY giver.name`.execute(db),
			sql<{ place: string; convened_at: Date | null; urgent: boolean }>`
			SELECT place, convened_at, urgent FROM council.meeting WHERE id = ${meeting.id}`.execute(db),
			sql<{ item_id: string; title: string }>`SELECT item_id, title FROM council.annex
			WHERE meeting_id = ${meeting.id} AND item_id IS NOT NULL AND withdrawn_at IS NULL AND public
			ORDER BY position`.execute(db),
			sql<{ item_id: string | null; name: string; text: string }>`
			SELECT coalesce(seat.name, speaker) AS name, text, (
				SELECT data ->> 'itemId' FROM council.event WHERE event.meeting_id = ${meeting.id} AND kind = 'item_taken'
					AND at <= caption.starts_at ORDER BY event.id DESC LIMIT 1) AS item_id
			FROM council.caption LEFT JOIN council.seat ON seat.id = seat_id
			WHERE caption.meeting_id = ${meeting.id} AND NOT removed ORDER BY caption.starts_at, caption.id`.execute(
				db,
			),
		]);
	const [row] = meetings;
	return {
		place: row?.place ?? '',
		convenedAt: row?.convened_at ?? null,
		urgent: row?.urgent ?? false,
		items,
		proxies,
		documents: grouped(annexes.map(({ item_id, title }) => [item_id, title])),
		said: turnsOf(lines),
	};
}

function grouped<Value>(pairs: readonly (readonly [string, Value])[]): Map<string, Value[]> {
	const groups = new Map<string, Value[]>();
	for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
	return groups;
}

/** Lines of a transcript by item, those that one person says in a row joined. What is said before the first item is left out. */
function turnsOf(lines: readonly { item_id: string | null; name: string; text: string }[]): Drafting['said'] {
	const said: Drafting['said'] = new Map();
	for (const { item_id, name, text } of lines) {
		if (!item_id) continue;
		const turns = said.get(item_id) ?? [];
		const last = turns.at(-1);
		if (last?.name === (name || 'Une voix')) last.text += ` ${text}`;
		else turns.push({ name: name || 'Une voix', text });
		said.set(item_id, turns);
	}
	return said;
}

/** Entries of the record between the taking of an item and the next, by item; those behind closed doors left out. */
function eventsByItem(events: readonly MeetingEvent[]): Map<string, MeetingEvent[]> {
	const groups = new Map<string, MeetingEvent[]>();
	let item = '';
	let closed = false;
	for (const event of events) {
		if (event.kind === 'item_taken') item = event.data.itemId;
		if (event.kind === 'doors') closed = event.data.closed;
		if (item && (!closed || event.kind === 'doors')) groups.set(item, [...(groups.get(item) ?? []), event]);
	}
	return groups;
}

/**
 * Draft of the procès-verbal from the record, with what the law asks since 1 July 2022 (CGCT L2121-15): date and hour,
 * chair, present, absent and represented members, secretary, quorum, agenda, the deliberations and the reports they rest
 * on, requests for a particular vote, results with the names of who voted how in public votes, and the substance of the
 * debates: who spoke, and what of it the record or a transcript holds. Where a person must write it says so in brackets.
 */
export function draftOf(sitting: Sitting, drafting: Drafting): string {
	const { meeting, seats, state, events } = sitting;
	const name = (id: string) => seats.find((seat) => seat.id === id)?.name ?? '';
	const opening = attendanceAt(sitting);
	const byItem = eventsByItem(events);
	const came = new Set(
		events.flatMap((event) => (event.kind === 'arrived' && !event.data.remote ? [event.data.seatId] : [])),
	);
	const remote = new Set(
		events.flatMap((event) => (event.kind === 'arrived' && event.data.remote ? [event.data.seatId] : [])),
	);
	const represented = new Set(drafting.proxies.map(({ giver }) => giver));
	return [
		`# Séance`,
		[
			`${meeting.body}, ${meeting.title}.`,
			`Séance du ${dateOf(meeting.starts_at)}, ouverte à ${state.openedAt ? timeOf(state.openedAt) : '–'}, levée à ${state.closedAt ? timeOf(state.closedAt) : '–'}${drafting.place ? `, ${drafting.place}` : ''}.`,
			...(drafting.convenedAt ? [`Convocation du ${dateOf(drafting.convenedAt)}.`] : []),
			`Présidence : ${opening.chair ?? '–'}. Secrétaire de séance : ${opening.secretary ?? '[à nommer]'}.`,
			`Membres en exercice : ${state.inOffice}. Quorum : ${state.quorum || 'non requis (seconde convocation)'}.`,
		].join('\n'),
		...(drafting.urgent
			? [
					`Convocation en urgence : il en est rendu compte à l’ouverture ; ${state.urgency === 'approved' ? 'l’assemblée admet l’urgence' : state.urgency === 'refused' ? 'l’assemblée n’admet pas l’urgence' : 'l’assemblée se prononce : [à compléter]'}.`,
				]
			: []),
		'# Membres',
		[
			`- Présents : ${listed(seats.filter(({ id }) => came.has(id)).map((seat) => seat.name))}.`,
			...(remote.size ? [`- À distance : ${listed([...remote].map(name))}.`] : []),
			`- Représentés : ${listed(drafting.proxies.map(({ giver, holder }) => `${giver} (pouvoir à ${holder})`))}.`,
			`- Absents : ${listed(seats.filter((seat) => !came.has(seat.id) && !remote.has(seat.id) && !represented.has(seat.name)).map((seat) => seat.name))}.`,
		].join('\n'),
		...movements(sitting, name),
		'# Ordre du jour',
		drafting.items.map(({ number, title }) => `- ${number}. ${title}`).join('\n'),
		'# Délibérations et débats',
		...drafting.items.map((item) => chapterOf(sitting, drafting, item, byItem.get(item.id) ?? [], name)),
	].join('\n\n');
}

/** Arrivals and departures after the opening, suspensions, who took the chair, closed doors: each with its hour. */
function movements({ state, events }: Sitting, name: (id: string) => string): string[] {
	const lines = events.flatMap((event) => {
		if (!state.openedAt || event.at <= state.openedAt) return [];
		const at = timeOf(event.at);
		switch (event.kind) {
			case 'arrived':
				return [`- ${name(event.data.seatId)} arrive à ${at}.`];
			case 'left':
				return [`- ${name(event.data.seatId)} quitte la séance à ${at}.`];
			case 'suspended':
				return [`- La séance est suspendue à ${at}.`];
			case 'resumed':
				return [`- La séance reprend à ${at}.`];
			case 'chair_taken':
				return [`- ${name(event.data.seatId)} prend la présidence à ${at}.`];
			case 'doors':
				return [
					event.data.closed
						? `- L’assemblée décide, sans débat, de se réunir à huis clos à ${at}.`
						: `- La séance est de nouveau publique à ${at}.`,
				];
			default:
				return [];
		}
	});
	return lines.length ? ['# Déroulement', lines.join('\n')] : [];
}

function chapterOf(
	{ state }: Sitting,
	drafting: Drafting,
	item: Drafting['items'][number],
	events: readonly MeetingEvent[],
	name: (id: string) => string,
): string {
	const at = state.taken.find(({ itemId }) => itemId === item.id)?.at;
	const lines = [`## ${item.number}. ${item.title}${at ? ` (${timeOf(at)})` : ' (non examiné)'}`];
	if (item.rapporteur) lines.push(`Rapporteur : ${item.rapporteur}.`);
	const documents = drafting.documents.get(item.id) ?? [];
	if (documents.length) lines.push(`Documents au vu desquels il est délibéré : ${documents.join(' ; ')}.`);
	if (at) lines.push(...debateOf(drafting.said.get(item.id) ?? [], events, name, item.kind));
	const away = state.recused[item.id] ?? [];
	if (away.length)
		lines.push(`N’ont pas pris part, étant intéressés à l’affaire : ${listed(away.map(name))}.`);
	for (const vote of state.votes.filter(({ itemId }) => itemId === item.id)) {
		if (!vote.result) continue;
		const { for: yes, against, abstention, adopted, casting } = vote.result;
		lines.push(
			`${vote.subject ? `${vote.subject}. ` : ''}${vote.purpose === 'closed_doors' ? 'Huis clos. ' : vote.purpose === 'no_secrecy' ? 'Vote sur le fait de ne pas procéder au scrutin secret. ' : ''}${methodWords[vote.method] ?? 'Vote'}${vote.requestedBy.length ? `, à la demande de ${vote.requestedBy.map(name).join(', ')}` : ''} : ${yes} pour, ${against} contre, ${abstention} abstention(s), pour ${vote.voters.length} votants. ${adopted ? 'Adopté' : 'Rejeté'}${casting ? ', la voix du président étant prépondérante' : ''}.`,
		);
		for (const choice of ['for', 'against', 'abstention', 'not_taking_part'] as const) {
			const who = vote.ballots.filter((one) => one.choice === choice).map((one) => name(one.seatId));
			if (vote.method !== 'secret' && who.length) lines.push(`${choiceWords[choice]} : ${listed(who)}.`);
		}
		for (const reason of vote.corrections) lines.push(`Résultat corrigé : ${reason}`);
	}
	for (const election of state.elections.filter(({ itemId }) => itemId === item.id))
		lines.push(...electionLines(election));
	if (state.putOff.includes(item.id)) lines.push('Renvoyé à une séance ultérieure.');
	return lines.join('\n');
}

/** Substance of the debate: what the transcript holds, else who spoke and the notes of the desk, to be completed. */
function debateOf(
	said: readonly { name: string; text: string }[],
	events: readonly MeetingEvent[],
	name: (id: string) => string,
	kind: string,
): string[] {
	const notes = events.flatMap((event) => (event.kind === 'noted' ? [`Note : ${event.data.text}`] : []));
	if (said.length)
		return [
			'Teneur des débats, d’après la transcription [à relire et à résumer] :',
			...said.map((one) => `${one.name} : ${one.text}`),
			...notes,
		];
	const speakers = new Set(
		events.flatMap((event) => (event.kind === 'floor_given' ? [name(event.data.seatId)] : [])),
	);
	if (speakers.size)
		return [`Sont intervenus : ${[...speakers].join(', ')}. Teneur des débats : [à compléter].`, ...notes];
	return kind === 'question' && !notes.length ? [] : ['Débats : [à compléter]', ...notes];
}
