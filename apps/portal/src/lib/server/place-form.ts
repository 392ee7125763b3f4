import type { PlaceInput } from '@parvis/town';
import { optional, type Typed } from './forms.ts';

/** A place's form as the room takes it. */
export function placeInput(typed: Typed): PlaceInput {
	const number = (text: string | undefined) => (text ?? '').trim().replace(',', '.');
	return {
		name: typed.name ?? '',
		kind: typed.kind ?? 'other',
		description: typed.description ?? '',
		// An empty position would be read as 0, 0: a place in the Atlantic.
		longitude: number(typed.longitude) || Number.NaN,
		latitude: number(typed.latitude) || Number.NaN,
		houseNumber: optional(typed.houseNumber),
		streetName: optional(typed.streetName),
		postcode: optional(typed.postcode),
		city: optional(typed.city),
		openingHours: optional(typed.openingHours),
		website: optional(typed.website),
		phone: optional(typed.phone),
		email: optional(typed.email),
		capacity: optional(typed.capacity),
	};
}

export function kindChoices(locals: App.Locals) {
	return Object.entries(locals.rooms.town.kinds)
		.map(([value, words]) => ({ value, label: words[locals.locale] }))
		.sort((a, b) => a.label.localeCompare(b.label, locals.locale));
}
