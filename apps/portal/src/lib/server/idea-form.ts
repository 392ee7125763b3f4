import type { Call, IdeaInput } from '@parvis/participation';
import { optional, optionalNumber, refused, type Typed } from './forms.ts';
import { chosenFiles } from './participation.ts';

/** An idea's form as the room takes it. */
export function ideaInput(typed: Typed): IdeaInput {
	// Another address is another place: the position found for the former one goes.
	const moved = (typed.formerAddress ?? '') !== (typed.address ?? '');
	return {
		title: typed.title ?? '',
		body: typed.body ?? '',
		categoryId: optional(typed.categoryId),
		envelopeId: optional(typed.envelopeId),
		communityId: optional(typed.communityId),
		address: optional(typed.address),
		longitude: moved ? null : optionalNumber(typed.longitude),
		latitude: moved ? null : optionalNumber(typed.latitude),
	};
}

/** What the form offers to choose from. */
export async function ideaChoices(locals: App.Locals, call: Call) {
	return {
		categories: call.categories,
		envelopes: call.envelopes,
		communities: await locals.rooms.participation.communities.mine(locals.actor),
	};
}

/** Keep the files of a form, each with the words typed beside it. @returns the first refusal, null when all are kept */
export async function keepFiles(
	locals: App.Locals,
	subject: { kind: 'idea' | 'project'; id: string },
	data: FormData,
	typed: Typed,
) {
	for (const place of fileFields)
		for (const file of chosenFiles(data, `fichier${place}`)) {
			const result = await locals.rooms.participation.attachments.add(locals.actor, subject, {
				name: file.name,
				content: new Uint8Array(await file.arrayBuffer()),
				description: typed[`description${place}`] ?? '',
			});
			if (!result.ok) return { ...result, detail: { ...result.detail, field: `fichier${place}` } };
		}
	return null;
}

/** Files that one form takes; more can be added with the next. */
export const fileFields = ['1', '2', '3'] as const;

/** Take one file away again, by the button beside it. */
export async function removeFile(locals: App.Locals, typed: Typed) {
	const result = await locals.rooms.participation.attachments.remove(locals.actor, typed.piece ?? '');
	return result.ok ? null : refused(locals, result, typed, 'pieces');
}
