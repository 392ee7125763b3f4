import type { ProgrammeState } from '@parvis/council';

/** What the desk shows of the broadcast. */
export interface DeskBroadcast {
	state: ProgrammeState;
	/** What went wrong last, as a sentence. */
	problem: string | null;
	/** HLS playlist of what the public sees, null while there is nothing. */
	playlist: string | null;
}

/** The broadcast of a meeting for its desk; null for who presides without running it. */
export async function deskBroadcast(locals: App.Locals, meetingId: string): Promise<DeskBroadcast | null> {
	const { programme } = locals.rooms.council;
	const state = await programme.state(locals.actor, meetingId);
	if (!state.ok) return null;
	const { problem } = state.value;
	return {
		state: state.value,
		problem: problem && locals.platform.messages.t(locals.locale, problem),
		playlist: (await programme.video(meetingId))?.playlist ?? null,
	};
}
