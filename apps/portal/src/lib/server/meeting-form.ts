import { optional, type Typed } from './forms.ts';
import { parisInstant } from './paris-time.ts';

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
export function itemInput(typed: Typed): Record<string, unknown> {
	return {
		kind: typed.sorte,
		title: typed.titre ?? '',
		rapporteurId: optional(typed.rapporteur),
		draft: typed.projet ?? '',
		matterCode: typed.matiere ?? '',
		public: Boolean(typed.public),
	};
}
