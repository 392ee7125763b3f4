import { optional, type Typed } from './forms.ts';
import { parisInstant } from './paris-time.ts';
import { chosenPlace } from './place-choice.ts';

/** A meeting's form as the room takes it; an instant that cannot be read it refuses. */
export function meetingInput(typed: Typed): Record<string, unknown> {
	return {
		title: typed.titre ?? '',
		startsAt: parisInstant(typed.debut) ?? new Date(Number.NaN),
		place: typed.lieu ?? '',
		urgent: Boolean(typed.urgence),
		synthesis: typed.note ?? '',
		secondOfId: optional(typed.seconde),
	};
}

/** An item's form as the room takes it. */
export async function itemInput(locals: App.Locals, typed: Typed): Promise<Record<string, unknown>> {
	return {
		kind: typed.sorte,
		title: typed.titre ?? '',
		section: typed.rubrique ?? '',
		rapporteurId: optional(typed.rapporteur),
		draft: typed.projet ?? '',
		matterCode: typed.matiere ?? '',
		budgetYear: (typed.annee ?? '').trim(),
		budgetName: typed.budget ?? '',
		placeId: await chosenPlace(locals, typed.lieuConcerne),
		public: Boolean(typed.public),
	};
}
