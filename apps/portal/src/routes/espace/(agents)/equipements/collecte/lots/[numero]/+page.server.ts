import type { Result } from '@parvis/platform';
import { readForm, refused, type Typed } from '#lib/server/forms.ts';
import { answersOf, csvOf } from '#lib/server/lot-answers.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	lot: expect(await locals.rooms.equipment.collection.lots.get(locals.actor, params.numero)),
	signer: locals.actor.displayName,
});

const lots = ({ locals }: RequestEvent) => locals.rooms.equipment.collection.lots;

async function act<Value>(
	event: RequestEvent,
	form: string,
	work: (typed: Typed, data: FormData) => Promise<Result<Value>>,
	notice: (value: Value) => [key: string, parameters?: Record<string, string | number>] = () => [
		'done.saved',
	],
) {
	const { typed, data } = await readForm(event.request);
	const outcome = await work(typed, data);
	if (!outcome.ok) return refused(event.locals, outcome, typed, form);
	const [key, parameters] = notice(outcome.value);
	done(event, event.url.pathname, key, parameters);
}

export const actions: Actions = {
	ajouter: (event) =>
		act(
			event,
			'ajouter',
			(typed) =>
				lots(event).add(event.locals.actor, event.params.numero, (typed.numeros ?? '').split(/[\s,;]+/)),
			({ added }) => ['collect.added', { count: added }],
		),
	sortir: (event) =>
		act(event, 'ajouter', (typed) =>
			lots(event).takeOut(event.locals.actor, event.params.numero, typed.objet ?? ''),
		),
	fermer: (event) => act(event, 'etat', () => lots(event).close(event.locals.actor, event.params.numero)),
	rouvrir: (event) => act(event, 'etat', () => lots(event).reopen(event.locals.actor, event.params.numero)),
	remettre: (event) =>
		act(
			event,
			'remettre',
			async (typed, data) => {
				const file = data.get('papier');
				return lots(event).handOver(event.locals.actor, event.params.numero, {
					town: { name: typed.nomVille ?? '', role: typed.roleVille ?? '', strokes: typed.signatureVille },
					partner: {
						name: typed.nomPartenaire ?? '',
						role: typed.rolePartenaire ?? '',
						strokes: typed.signaturePartenaire,
					},
					scan: file instanceof File && file.size ? new Uint8Array(await file.arrayBuffer()) : undefined,
				});
			},
			() => ['collect.handedOverDone'],
		),
	lien: async (event) => {
		const renewed = await lots(event).renewLink(event.locals.actor, event.params.numero);
		if (!renewed.ok) return refused(event.locals, renewed, {}, 'lien');
		// Shown once, on the page that made it: only its hash is kept.
		return {
			form: 'lien',
			link: `${event.locals.platform.config.publicUrl}/numerique-responsable/lot/${renewed.value.token}`,
			sent: renewed.value.sent,
		};
	},
	dire: (event) =>
		act(
			event,
			'dire',
			(typed) => lots(event).answer(event.locals.actor, event.params.numero, answersOf(typed)),
			({ told }) => ['collect.answersSaved', { count: told }],
		),
	fichier: (event) =>
		act(
			event,
			'fichier',
			async (_typed, data) =>
				lots(event).answerCsv(event.locals.actor, event.params.numero, await csvOf(data)),
			({ told }) => ['collect.answersSaved', { count: told }],
		),
};
