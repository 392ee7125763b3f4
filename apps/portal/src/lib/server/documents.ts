import type { RequestEvent } from '@sveltejs/kit';
import { readForm, refused } from './forms.ts';
import { done } from './notice.ts';

/** An agent has looked at a voter's document: accept it, or say why not. */
export async function decideDocument(event: RequestEvent) {
	const { typed } = await readForm(event.request);
	const result = await event.locals.rooms.participation.eligibility.decideDocument(
		event.locals.actor,
		typed.id ?? '',
		{ granted: typed.decision === 'oui', refusal: typed.motif ?? '' },
	);
	if (!result.ok) return refused(event.locals, result, typed, 'examiner');
	done(event, event.url.pathname, 'done.saved');
}
