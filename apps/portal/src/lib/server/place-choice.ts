import type { PlaceSummary } from '@parvis/town';

/** Places to choose from by typing: each by its name, and by its address too where two have the same. */
export async function placeChoices(locals: App.Locals): Promise<string[]> {
	return named((await locals.rooms.town.places.list({ pageSize: 1000 })).items).map(([name]) => name);
}

/** The id of the place that was typed: its name as it is offered, or its page's address; null for nothing. */
export async function chosenPlace(locals: App.Locals, typed: string | undefined): Promise<string | null> {
	const text = (typed ?? '').trim();
	if (!text) return null;
	const wanted = text.toLocaleLowerCase('fr');
	const { items } = await locals.rooms.town.places.list({ pageSize: 1000 });
	const chosen = named(items).find(
		([name, { slug }]) => name.toLocaleLowerCase('fr') === wanted || slug === text,
	);
	// What is no place the room refuses with a sentence, rather than forget it.
	return chosen?.[1].id ?? '00000000-0000-7000-8000-000000000000';
}

function named(places: readonly PlaceSummary[]): [string, PlaceSummary][] {
	const counts = new Map<string, number>();
	for (const { name } of places) counts.set(name, (counts.get(name) ?? 0) + 1);
	return places.map((place) => [
		(counts.get(place.name) ?? 0) > 1 ? `${place.name} (${place.address ?? place.slug})` : place.name,
		place,
	]);
}
