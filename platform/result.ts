/**
 * What a use case answers when a refusal is expected: bad input, a closed phase, a missing right.
 * `error` is a message key (`room.key`) that `messages` turns into a sentence; `detail` fills its blanks.
 * What nobody expects throws instead.
 */
export type Result<T, E extends string = string> =
	| { ok: true; value: T }
	| { ok: false; error: E; detail?: Record<string, string | number> };

export function ok<T>(value: T): { ok: true; value: T } {
	return { ok: true, value };
}

export function refuse<E extends string>(
	error: E,
	detail?: Record<string, string | number>,
): { ok: false; error: E; detail?: Record<string, string | number> } {
	return detail ? { ok: false, error, detail } : { ok: false, error };
}
