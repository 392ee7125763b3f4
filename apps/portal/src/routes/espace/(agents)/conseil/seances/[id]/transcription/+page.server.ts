import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const pageSize = 60;

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	const { meeting } = await parent();
	const { captions } = locals.rooms.council;
	const [status, lines] = await Promise.all([captions.status(meeting.id), captions.list(meeting.id)]);
	const asked = query(url, 'ligne');
	const at = lines.findIndex(({ id }) => id === asked);
	const page = at >= 0 ? Math.floor(at / pageSize) + 1 : pageNumber(url);
	const line = lines[at >= 0 ? at : (page - 1) * pageSize];
	const index = line ? lines.indexOf(line) : -1;
	const history = line?.corrected ? expect(await captions.history(locals.actor, line.id)) : [];
	const people = await locals.rooms.identity.people.names(
		history.flatMap(({ replacedBy }) => replacedBy ?? []),
	);
	return {
		status,
		lines: lines.slice((page - 1) * pageSize, page * pageSize),
		page,
		pageSize,
		total: lines.length,
		line: line ?? null,
		previous: lines[index - 1]?.id ?? null,
		next: index >= 0 ? (lines[index + 1]?.id ?? null) : null,
		history: history.map((one) => ({ ...one, who: (one.replacedBy && people.get(one.replacedBy)) || null })),
	};
};

const here = (event: RequestEvent, line: string | undefined) =>
	line ? `${event.url.pathname}?ligne=${line}#ligne` : event.url.pathname;

/** The form's line, and who speaks in it: `autre` stands for a name that is typed. */
async function given(event: RequestEvent) {
	const { typed } = await readForm(event.request);
	const other = typed.orateur === 'autre';
	return {
		typed,
		id: typed.ligne ?? '',
		spoken: {
			text: typed.texte ?? '',
			seatId: other ? null : typed.orateur || null,
			speaker: other ? (typed.nom ?? '') : '',
		},
	};
}

/** `1:02:05` or `125` in seconds; NaN for what is neither. */
function secondsOf(text: string): number {
	return text
		.trim()
		.split(':')
		.reduce((sum, part) => sum * 60 + Number(part.replace(',', '.')), 0);
}

export const actions: Actions = {
	async enregistrer(event) {
		const { typed, id, spoken } = await given(event);
		const { captions } = event.locals.rooms.council;
		const result = await captions.change(event.locals.actor, id, { version: typed.version, ...spoken });
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event, typed.suite === 'suivante' ? typed.suivante || id : id), 'done.saved');
	},
	async couper(event) {
		const { typed, id, spoken } = await given(event);
		const { captions } = event.locals.rooms.council;
		const at = spoken.text.search(/[|\n]/);
		const line = { version: typed.version, ...spoken, text: spoken.text.replace(/[|\n]/, ' ') };
		if (at < 1) return refused(event.locals, { ok: false, error: 'council.caption_split' }, typed);
		const changed = await captions.change(event.locals.actor, id, line);
		if (!changed.ok) return refused(event.locals, changed, typed);
		const before = spoken.text.slice(0, at).replaceAll(/\s+/g, ' ').trimStart().length;
		const result = await captions.split(event.locals.actor, id, {
			version: changed.value.version,
			at: before,
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event, id), 'done.saved');
	},
	async joindre(event) {
		const { typed, id, spoken } = await given(event);
		const { captions } = event.locals.rooms.council;
		const changed = await captions.change(event.locals.actor, id, { version: typed.version, ...spoken });
		if (!changed.ok) return refused(event.locals, changed, typed);
		const result = await captions.merge(event.locals.actor, id, { version: changed.value.version });
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event, id), 'done.saved');
	},
	async retirer(event) {
		const { typed, id } = await given(event);
		const result = await event.locals.rooms.council.captions.remove(event.locals.actor, id, {
			version: typed.version,
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event, typed.suivante || undefined), 'done.saved');
	},
	async ajouter(event) {
		const { typed, spoken } = await given(event);
		const result = await event.locals.rooms.council.captions.add(event.locals.actor, event.params.id, {
			...spoken,
			position: secondsOf(typed.moment ?? ''),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'ajouter');
		done(event, here(event, result.value.id), 'done.saved');
	},
	async refaire(event) {
		const result = await event.locals.rooms.council.captions.redo(event.locals.actor, event.params.id);
		if (!result.ok) {
			if (result.error === 'platform.not_allowed') error(403, result.error);
			return refused(event.locals, result, {}, 'refaire');
		}
		done(event, event.url.pathname, 'transcriptEdit.redone');
	},
};
