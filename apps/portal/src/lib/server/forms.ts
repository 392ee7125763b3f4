import type { Result } from '@parvis/platform';
import { fail } from '@sveltejs/kit';

type Refusal = Extract<Result<unknown>, { ok: false }>;

/** Words typed into a form, by field; files are left out. */
export type Typed = Record<string, string>;

export async function readForm(request: Request): Promise<{ data: FormData; typed: Typed }> {
	const data = await request.formData();
	const typed: Typed = {};
	for (const [name, value] of data) if (typeof value === 'string') typed[name] = value;
	return { data, typed };
}

const secretField = /password|secret|code/i;

/** Show the form again, as it was filled, with the sentence that says why it was refused. Passwords are not sent back. */
export function refused(locals: App.Locals, refusal: Refusal, typed: Typed = {}, form = '') {
	const kept = Object.fromEntries(Object.entries(typed).filter(([name]) => !secretField.test(name)));
	return fail(statusOf(refusal.error), {
		form,
		error: refusal.error,
		problem: locals.platform.messages.t(locals.locale, refusal.error, refusal.detail),
		field: String(refusal.detail?.field ?? ''),
		typed: kept,
	});
}

/** HTTP status that goes with a refusal. */
export function statusOf(error: string): number {
	if (error === 'platform.not_allowed') return 403;
	if (/not_found|unknown$/.test(error)) return 404;
	if (error === 'platform.too_many_requests' || /too_many/.test(error)) return 429;
	return 422;
}

/** The text of a field, null when it was left empty. */
export function optional(text: string | undefined): string | null {
	const trimmed = (text ?? '').trim();
	return trimmed === '' ? null : trimmed;
}

/** The number of a field, null when empty; a French decimal comma is understood. NaN when it is no number: the room refuses it. */
export function optionalNumber(text: string | undefined): number | null {
	const trimmed = optional(text);
	return trimmed === null ? null : Number(trimmed.replace(',', '.'));
}
