import { z } from 'zod';
import { type Result, refuse } from './result.ts';

/**
 * Parse what a person, a file or another system gave. The first fault becomes the refusal: schemas name a message key of
 * their room (`room.…`) where one sentence helps; any other fault is `room.field_invalid` and names the field.
 */
export function parseRoomInput<Schema extends z.ZodType>(
	room: string,
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> {
	const parsed = schema.safeParse(withoutNul(input));
	if (parsed.success) return { ok: true, value: parsed.data };
	const issue = parsed.error.issues[0];
	const field = issue?.path.map(String).join('.') ?? '';
	return refuse(issue?.message.startsWith(`${room}.`) ? issue.message : `${room}.field_invalid`, { field });
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair, and nobody means one. */
function withoutNul(value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
	if (Array.isArray(value)) return value.map(withoutNul);
	if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNul(inner)]));
	return value;
}

/** Text of one line or more as people type it: ends trimmed, line ends alike, no runs of blank lines. */
export function tidyText(text: string): string {
	return text
		.replaceAll(/\r\n?/g, '\n')
		.replaceAll(/[^\S\n]+\n/g, '\n')
		.replaceAll(/\n{3,}/g, '\n\n')
		.trim();
}

/**
 * Schema of a text as people type it, tidied, at most so many characters.
 * @param missing message key of the refusal when it is empty; without it, it may be
 */
export function textInput(most: number, missing?: string) {
	const length = missing === undefined ? z.string() : z.string().min(1, missing);
	return z.string().transform(tidyText).pipe(length.max(most));
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const nobodysId = '00000000-0000-0000-0000-000000000000';

/** An id as it came in an address or a form, for a comparison that an index serves; what is no id equals none. */
export function asId(text: string | null | undefined): string {
	return text && uuidPattern.test(text) ? text : nobodysId;
}
