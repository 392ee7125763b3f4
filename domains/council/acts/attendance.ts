import { stateOf } from '../record.ts';
import type { Sitting } from '../sitting.ts';
import type { Attendance } from './face.ts';

/**
 * Who was there, by name.
 * @param until id of the last entry of the record that counts; the opening of the meeting without it
 * @param itemId for who left for a conflict of interest
 */
export function attendanceAt(sitting: Sitting, until?: string, itemId?: string): Attendance {
	const { events, around, seats } = sitting;
	const end = until
		? events.findIndex(({ id }) => id === until)
		: events.findIndex(({ kind }) => kind === 'opened');
	const known = end < 0 ? events : events.slice(0, end + 1);
	const state = stateOf(known, around, known.at(-1)?.at ?? sitting.meeting.starts_at);
	const name = (id: string) => seats.find((seat) => seat.id === id)?.name ?? '';
	const there = new Set([...state.present, ...state.remote]);
	const names = (wanted: (id: string) => boolean) =>
		seats.filter(({ id }) => wanted(id)).map((seat) => seat.name);
	const represented = around.proxies.filter(
		({ giverId, holderId }) => !there.has(giverId) && there.has(holderId),
	);
	const given = new Set(represented.map(({ giverId }) => giverId));
	const secretaryId = sitting.state.secretaryId;
	return {
		present: names((id) => state.present.includes(id)),
		remote: names((id) => state.remote.includes(id)),
		represented: represented
			.map(({ giverId, holderId }) => ({ giver: name(giverId), holder: name(holderId) }))
			.toSorted((a, b) => a.giver.localeCompare(b.giver, 'fr')),
		absent: names((id) => !there.has(id) && !given.has(id)),
		recused: (itemId ? (state.recused[itemId] ?? []) : []).map(name),
		chair: state.chairId ? name(state.chairId) : null,
		secretary: secretaryId ? name(secretaryId) : null,
		inOffice: state.inOffice,
		quorum: state.quorum,
	};
}
