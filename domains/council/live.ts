import { anonymous } from '@parvis/platform';
import { createChannels } from './channels.ts';
import type { Context } from './context.ts';
import type { Live, LiveState, Sessions } from './face.ts';
import type { Signals } from './signals.ts';

const mostListeners = 5000;

/** What the public sees of meetings as they happen. */
export function createLive(
	{ platform, now }: Pick<Context, 'platform' | 'now'>,
	sessions: Pick<Sessions, 'state'>,
	signals: Signals,
): Live {
	let version = 0;
	const channels = createChannels<LiveState>(platform.log, mostListeners, async (meetingId, before) => {
		const state = await sessions.state(anonymous, meetingId);
		if (!state) return null;
		const next = { ...state, at: before?.at ?? now(), version: before?.version ?? 0 };
		// That something happens behind closed doors is not told either.
		if (before && JSON.stringify(next) === JSON.stringify(before)) return null;
		return { ...next, at: now(), version: ++version };
	});
	signals.hear(channels.refresh);
	return {
		follow: (meetingId, { state, end }) => channels.follow(meetingId, { value: state, end }),
		close: channels.close,
	};
}
