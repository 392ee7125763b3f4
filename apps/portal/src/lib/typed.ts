import { page } from '$app/state';

/** What was typed in a form that was refused, so that nobody types it again. */
export function typed(name: string, otherwise = ''): string {
	const value: unknown = page.form?.typed?.[name];
	return typeof value === 'string' ? value : otherwise;
}
