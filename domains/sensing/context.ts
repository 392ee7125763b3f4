import type { Platform, Result } from '@parvis/platform';
import { refuse } from '@parvis/platform';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from './tables.ts';

/** A place of the town as far as devices need it. */
export interface PlaceFacts {
	id: string;
	kind: string;
	longitude: number | null;
	latitude: number | null;
}

/** What this room's own files work with. */
export interface Context {
	platform: Platform;
	db: Kysely<DB>;
	/** Places by id, slug or external id; unknown references are absent from the answer. */
	findPlaces(references: readonly string[]): Promise<Map<string, PlaceFacts>>;
}

/** What forms send for "nothing" is null. */
export const emptyAsNull = <Schema extends z.ZodType>(schema: Schema) =>
	z.preprocess((value) => (value === '' ? null : value), schema.nullable());

/**
 * Parse what a person, a file or another system gave. The first fault becomes the refusal: schemas of this room name
 * a message key (`sensing.…`) where one sentence helps; any other fault names the field.
 */
export function parseInput<Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> {
	if (holdsNul(input)) return refuse('sensing.field_invalid', { field: 'NUL' });
	const parsed = schema.safeParse(input);
	if (parsed.success) return { ok: true, value: parsed.data };
	const issue = parsed.error.issues[0];
	const field = issue?.path.map(String).join('.') ?? '';
	return issue?.message.startsWith('sensing.')
		? refuse(issue.message, { field })
		: refuse('sensing.field_invalid', { field });
}

/** Whether a NUL stands in any text of a value: PostgreSQL keeps none, and nobody means one. */
export function holdsNul(value: unknown): boolean {
	if (typeof value === 'string') return value.includes('\0');
	if (typeof value !== 'object' || value === null) return false;
	return Object.entries(value).some(([key, inner]) => holdsNul(key) || holdsNul(inner));
}

/** PostgreSQL's name of the constraint that an insert or update broke by a double, or null. */
export function uniqueViolation(error: unknown): string | null {
	const { code, constraint } = error as { code?: string; constraint?: string };
	return code === '23505' ? (constraint ?? '') : null;
}

/** What LIKE is asked for a part of a text: its own characters escaped, NULs left out. */
export function likePattern(text: string): string {
	return `%${text.replaceAll('\0', '').replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
