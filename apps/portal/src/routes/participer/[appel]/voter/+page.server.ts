import type { Call, ProofKind } from '@parvis/participation';
import { fail, type RequestEvent } from '@sveltejs/kit';
import { translate } from '#lib/messages.ts';
import { byEnvelope, choicesOf, type Marks, marksOf, marksOfChoices } from '#lib/server/ballot-form.ts';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { callOf, chosenFiles, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, setHeaders }) => {
	// Whoever uses the device next must not find a ballot or a receipt by going back.
	setHeaders({ 'cache-control': 'no-store' });
	const { call } = await parent();
	found(call.ballotRules);
	const { eligibility, ballots } = locals.rooms.participation;
	const [voter, candidates, districts] = await Promise.all([
		eligibility.state(locals.actor, call.id),
		ballots.candidates(locals.actor, call.id),
		locals.rooms.town.areas.districts(),
	]);
	return {
		voter,
		groups: byEnvelope(call.envelopes, candidates),
		districts: districts.map(({ id, name }) => ({ id, name })),
	};
};

type Event = RequestEvent<{ appel: string }>;

interface Asked {
	call: Call;
	data: FormData;
	typed: Record<string, string>;
}

/** The call and the form of somebody signed in. */
async function asked(event: Event): Promise<Asked> {
	signInFirst(event);
	const { data, typed } = await readForm(event.request);
	return { call: await callOf(event.locals, event.params.appel), data, typed };
}

/** A step towards the ballot: what was asked of the room, then the page again. */
async function step(
	event: Event,
	form: string,
	key: string,
	take: (given: Asked) => Promise<Parameters<typeof refused>[1] | { ok: true }>,
) {
	const given = await asked(event);
	const result = await take(given);
	if (!result.ok) return refused(event.locals, result, given.typed, form);
	done(event, `/participer/${given.call.slug}/voter`, key);
}

/** The ballot's form once more, with what it held and perhaps why. */
function again(marks: Marks, receipt: string | null, problem: string | null) {
	const answer = { form: 'bulletin', problem, marks, receipt, confirm: false };
	return problem === null ? answer : fail(422, answer);
}

/** Read the ballot of a form and have the room check it. */
async function readBallot(event: Event) {
	const { call, data, typed } = await asked(event);
	const rules = found(call.ballotRules);
	const receipt = optional(typed.recu);
	const marks = marksOf(data, rules);
	const choices = choicesOf(marks, rules);
	if (!choices)
		return {
			ok: false as const,
			answer: again(marks, receipt, translate(event.locals.locale, 'vote.rankInvalid')),
		};
	const checked = await event.locals.rooms.participation.ballots.check(call.id, choices);
	if (!checked.ok) {
		const problem = event.locals.platform.messages.t(event.locals.locale, checked.error, checked.detail);
		return { ok: false as const, answer: again(marks, receipt, problem) };
	}
	return { ok: true as const, call, marks, receipt, choices: checked.value };
}

const accountProofs: readonly ProofKind[] = ['email', 'franceconnect'];

export const actions: Actions = {
	prouver: (event) =>
		step(event, 'prouver', 'done.proved', async ({ call, typed }) => {
			const kind = accountProofs.find((one) => one === typed.preuve) as 'email' | 'franceconnect' | undefined;
			return event.locals.rooms.participation.eligibility.proveByAccount(
				event.locals.actor,
				call.id,
				kind ?? 'email',
			);
		}),
	sms: (event) =>
		step(event, 'sms', 'done.smsSent', ({ call, typed }) =>
			event.locals.rooms.participation.eligibility.askSms(event.locals.actor, call.id, typed.telephone ?? ''),
		),
	codeSms: (event) =>
		step(event, 'codeSms', 'done.proved', ({ call, typed }) =>
			event.locals.rooms.participation.eligibility.proveBySms(event.locals.actor, call.id, typed.code ?? ''),
		),
	lettre: (event) =>
		step(event, 'lettre', 'done.proved', ({ call, typed }) =>
			event.locals.rooms.participation.eligibility.proveByLetter(
				event.locals.actor,
				call.id,
				typed.code ?? '',
			),
		),
	document: (event) =>
		step(event, 'document', 'done.documentSent', async ({ call, data }) => {
			const [file] = chosenFiles(data, 'fichier');
			const content = new Uint8Array(file ? await file.arrayBuffer() : []);
			return event.locals.rooms.participation.eligibility.askByDocument(event.locals.actor, call.id, {
				content,
			});
		}),
	inscrire: (event) =>
		step(event, 'inscrire', 'done.registered', ({ call, typed }) =>
			event.locals.rooms.participation.eligibility.register(event.locals.actor, call.id, {
				familyName: typed.nom ?? '',
				givenName: typed.prenom ?? '',
				birthDate: typed.naissance ?? '',
				districtId: optional(typed.quartier),
			}),
		),

	/** The form again with its totals: to add up, or to correct what was about to be cast. */
	async calculer(event) {
		const { call, data, typed } = await asked(event);
		return again(marksOf(data, found(call.ballotRules)), optional(typed.recu), null);
	},

	async relire(event) {
		const read = await readBallot(event);
		if (!read.ok) return read.answer;
		// Drawn before it is cast: sent twice, or again after a lost answer, it is still one ballot.
		const receipt = read.receipt ?? event.locals.rooms.participation.ballots.drawReceipt();
		return { form: 'bulletin', marks: read.marks, receipt, confirm: true };
	},

	async deposer(event) {
		const read = await readBallot(event);
		if (!read.ok) return read.answer;
		const cast = await event.locals.rooms.participation.ballots.cast(
			event.locals.actor,
			read.call.id,
			read.choices,
			read.receipt,
		);
		if (!cast.ok)
			return again(
				read.marks,
				read.receipt,
				event.locals.platform.messages.t(event.locals.locale, cast.error, cast.detail),
			);
		// Shown in the answer itself: a receipt is in no address, cookie or log.
		return { kept: { ...cast.value, marks: read.marks } };
	},

	async ouvrir(event) {
		const { call, typed } = await asked(event);
		const receipt = typed.recu ?? '';
		const choices = await event.locals.rooms.participation.ballots.read(call.id, receipt);
		if (!choices)
			return refused(event.locals, { ok: false, error: 'participation.receipt_unknown' }, {}, 'ouvrir');
		return again(marksOfChoices(choices, found(call.ballotRules)), receipt, null);
	},
};
