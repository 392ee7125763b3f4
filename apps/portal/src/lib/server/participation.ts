import type { Call } from '@parvis/participation';
import type { RequestEvent } from '@sveltejs/kit';
import { redirect } from '@sveltejs/kit';
import { found } from './pages.ts';

/** The call that an address names, or the page that says it is not there. */
export async function callOf(locals: App.Locals, slug: string): Promise<Call> {
	return found(await locals.rooms.participation.calls.get(locals.actor, slug));
}

/** Who takes part has an account: others sign in first and come back to `returnTo`. */
export function signInFirst(
	event: Pick<RequestEvent, 'locals' | 'url'>,
	returnTo = event.url.pathname,
): void {
	if (event.locals.actor.kind !== 'person')
		redirect(303, `/connexion?retour=${encodeURIComponent(returnTo)}`);
}

/** Files chosen in a form; browsers send an empty one where nothing was chosen. */
export function chosenFiles(data: FormData, name: string): File[] {
	return data.getAll(name).filter((entry): entry is File => entry instanceof File && entry.size > 0);
}

const sentence = 300;

/** What a form's words need to be looked up by: the beginning says enough. */
export function beginning(text: string | null | undefined, characters = sentence): string {
	return (text ?? '').slice(0, characters);
}
