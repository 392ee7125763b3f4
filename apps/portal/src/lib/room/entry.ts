import type { Entry } from '@parvis/council';

export type Answer =
	| { ok: true; entry: Entry }
	/** `over`: there is nothing more to wait for. */
	| { ok: false; sentence: string; over: boolean };

/** Ask to enter. @throws when the town cannot be reached */
export async function askToEnter(meetingId: string, link: string | null): Promise<Answer> {
	const response = await fetch(`/api/v1/meetings/${meetingId}/room`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(link ? { link } : {}),
	});
	if (response.ok) return { ok: true, entry: (await response.json()) as Entry };
	// The server or what stands before it is in trouble: worth another try.
	if (response.status >= 500 && response.status !== 503) throw new Error(String(response.status));
	const problem = (await response.json().catch(() => ({}))) as { type?: string; detail?: string };
	return {
		ok: false,
		sentence: problem.detail ?? '',
		over:
			problem.type !== 'council.room_recused' &&
			problem.type !== 'council.room_closed_doors' &&
			response.status !== 429,
	};
}

/** Where LiveKit is, seen from this page. */
export function livekitAddress({ url }: Pick<Entry, 'url'>, here: Location): string {
	return url ?? `${here.protocol === 'https:' ? 'wss' : 'ws'}://${here.host}/livekit`;
}
