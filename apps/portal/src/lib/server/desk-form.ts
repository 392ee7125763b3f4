import type { Actor } from '@parvis/platform';
import type { RequestEvent } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused, type Typed } from './forms.ts';
import { done } from './notice.ts';

const whole = (text: string | undefined) => optionalNumber(text) ?? Number.NaN;
const wholeOrNone = (text: string | undefined) => optionalNumber(text) ?? 0;

/** Minutes as they are typed, in seconds; null for none. */
function seconds(text: string | undefined): number | null {
	const minutes = optionalNumber(text);
	return minutes === null ? null : Math.round(minutes * 60);
}

/** Fields `prefix-<seat>` of one form, by seat. */
function bySeat(typed: Typed, prefix: string): [seat: string, value: string][] {
	return Object.entries(typed).flatMap(([name, value]) =>
		name.startsWith(`${prefix}-`) && value
			? [[name.slice(prefix.length + 1), value] as [string, string]]
			: [],
	);
}

/** The action of the council's room that a form of the desk or of a member asks for. */
export function deskAction(data: FormData, typed: Typed): Record<string, unknown> {
	const all = (name: string) => data.getAll(name).filter((value) => typeof value === 'string');
	const counts = {
		for: whole(typed.pour),
		against: whole(typed.contre),
		abstention: whole(typed.abstention),
	};
	const voices = all('voix');
	const papers = {
		votes: all('nom').flatMap((name, n) =>
			name.trim() && wholeOrNone(voices[n]) !== 0 ? [{ name, votes: wholeOrNone(voices[n]) }] : [],
		),
		blank: wholeOrNone(typed.blancs),
		void: wholeOrNone(typed.nuls),
		eldest: optional(typed.aine),
	};
	const base = { kind: typed.acte, ...(typed.membre && { seatId: typed.membre }) };
	switch (typed.acte) {
		case 'arrive':
			return { ...base, remote: Boolean(typed.distance) };
		case 'close':
			return { ...base, noQuorum: Boolean(typed.quorum) };
		case 'call_roll':
			return { ...base, marks: bySeat(typed, 'appel').map(([seatId, mark]) => ({ seatId, mark })) };
		case 'take_item':
		case 'put_off':
			return { ...base, itemId: typed.point };
		case 'rule_urgency':
			return { ...base, approved: typed.urgence === 'admise', putOff: all('renvoi'), ...counts };
		case 'raise_hand':
		case 'give_floor':
			return { ...base, pointOfOrder: Boolean(typed.rappel) };
		case 'order_queue':
			return { ...base, seatIds: (typed.ordre ?? '').split(',').filter(Boolean) };
		case 'extend_floor':
			return { ...base, seconds: whole(typed.secondes) };
		case 'set_floor_rules':
			return {
				...base,
				itemId: optional(typed.point),
				rule: typed.regle,
				speechSeconds: seconds(typed.intervention),
				groupSeconds: seconds(typed.parGroupe),
				cutsAtLimit: Boolean(typed.coupe),
			};
		case 'close_doors':
			return { ...base, closed: typed.portes === 'closes' };
		case 'ask_closed_doors':
			return { ...base, requestedBy: all('demandeur'), method: typed.mode };
		case 'open_vote':
			return {
				...base,
				method: typed.mode,
				purpose: typed.objet ?? 'text',
				subject: typed.sujet ?? '',
				ground: typed.nomination ? 'appointment' : null,
				requestedBy: all('demandeur'),
				again: Boolean(typed.encore),
			};
		case 'vote':
			return { ...base, choice: typed.choix };
		case 'count_hands':
			return { ...base, ...counts, chair: optional(typed.presidence) };
		case 'correct_vote': {
			const ballots = bySeat(typed, 'voix').map(([seatId, choice]) => ({ seatId, choice }));
			return {
				...base,
				voteId: typed.vote,
				...(ballots.length ? { for: 0, against: 0, abstention: 0, ballots } : counts),
				chair: optional(typed.presidence),
				reason: typed.motif ?? '',
			};
		}
		case 'open_election':
			return {
				...base,
				subject: typed.sujet ?? '',
				candidates: lines(typed.candidats),
				secret: !typed.publique,
			};
		case 'open_round':
			return { ...base, electionId: typed.election };
		case 'elect':
			return { ...base, name: optional(typed.autre) ?? optional(typed.nom) };
		case 'close_round':
			return { ...base, ...papers };
		case 'correct_round':
			return { ...base, roundId: typed.tour, ...papers, reason: typed.motif ?? '' };
		case 'appoint':
			return { ...base, subject: typed.sujet ?? '', names: lines(typed.candidats) };
		case 'note':
			return { ...base, text: typed.texte ?? '' };
		default:
			return base;
	}
}

function lines(text: string | undefined): string[] {
	return (text ?? '')
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter(Boolean);
}

interface Acting {
	locals: App.Locals & { actor: Actor };
	request: Request;
	cookies: RequestEvent['cookies'];
	url: URL;
}

/** Do what a form asks for in a meeting; the refusal is shown in the part of the page that it came from. */
export async function actInMeeting(event: Acting, meetingId: string, to: string) {
	const { data, typed } = await readForm(event.request);
	const { programme, sessions } = event.locals.rooms.council;
	const { actor } = event.locals;
	const result =
		typed.acte === 'programme_start'
			? await programme.start(actor, meetingId, { source: typed.source as 'room' })
			: typed.acte === 'programme_stop'
				? await programme.stop(actor, meetingId)
				: await sessions.act(actor, meetingId, deskAction(data, typed));
	if (!result.ok) return refused(event.locals, result, typed, typed.zone ?? '');
	// A page that is a program shows at once what it did.
	if (event.request.headers.get('x-sveltekit-action'))
		return { form: typed.zone ?? '', did: typed.acte ?? '' };
	return done(event, to, typed.acte === 'vote' || typed.acte === 'elect' ? 'done.voted' : 'done.noted');
}
