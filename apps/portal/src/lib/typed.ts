import { page } from '$app/state';

/** What was typed in a form that was refused, so that nobody types it again. */
export function typed(name: string, otherwise = ''): string {
	const value: unknown = page.form?.typed?.[name];
	return typeof value === 'string' ? value : otherwise;
}

/** Why the form was refused, where it was for this field. */
export function problemOf(name: string): string | undefined {
	return page.form?.problem && page.form.field === name ? String(page.form.problem) : undefined;
}
