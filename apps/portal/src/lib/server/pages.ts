import type { Result } from '@parvis/platform';
import { error } from '@sveltejs/kit';
import { statusOf } from './forms.ts';

/** The value of a use case, or the error page that its refusal deserves. */
export function expect<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	const status = statusOf(result.error);
	error(status === 422 ? 400 : status, result.error);
}

/** What was asked for, or the page that says it is not there. */
export function found<T>(value: T | null | undefined): T {
	if (value === null || value === undefined) error(404, 'not_found');
	return value;
}

/** `?page=`, from 1. */
export function pageNumber(url: URL): number {
	const page = Number(url.searchParams.get('page') ?? 1);
	return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1;
}

/** A query parameter, undefined when absent or empty. */
export function query(url: URL, name: string): string | undefined {
	return url.searchParams.get(name)?.trim() || undefined;
}
