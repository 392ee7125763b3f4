import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** In a demonstration letters go nowhere: they are read here, as in one's own mailbox. Elsewhere this page is not there. */
export const load: PageServerLoad = async ({ locals }) => {
	if (!locals.platform.config.demo) error(404, 'not_found');
	const letters = await locals.platform.mail.list({ limit: 50 });
	const origin = locals.platform.config.publicUrl;
	return {
		letters: letters.map(({ id, to, subject, createdAt, text }) => ({
			id,
			to,
			subject,
			createdAt,
			parts: parts(text, origin),
		})),
	};
};

/** The text cut where addresses begin and end; those on this site become links, without its origin. */
function parts(text: string, origin: string) {
	return text
		.split(/(https?:\/\/\S+)/)
		.map((part) => ({ text: part, href: part.startsWith(`${origin}/`) ? part.slice(origin.length) : null }));
}
