import { type ParticipantInfo, type RoomServiceClient, TrackSource, TrackType } from 'livekit-server-sdk';
import type { Context } from '../context.ts';
import type { Signals } from '../signals.ts';
import { readSitting, type Sitting } from '../sitting.ts';
import type { Feed } from './face.ts';
import { feedsOf } from './feeds.ts';
import { meetingOfRoom, readIdentity, roomName } from './identity.ts';
import { permissionOf, samePermission } from './permission.ts';
import { publishingOf, type Role } from './rules/microphones.ts';

export interface Sync {
	/** Bring LiveKit to what the record says now. Never throws: it is tried again. */
	now(meetingId: string): Promise<void>;
	/** Whether LiveKit answered the last time it was asked. */
	readonly reachable: boolean;
	start(): void;
	stop(): Promise<void>;
}

const everyMilliseconds = 2500;

/** Rights in LiveKit follow the record: at each entry, when somebody joins, and every few seconds in case one was missed. */
export function createSync(
	context: Pick<Context, 'db' | 'platform' | 'now'>,
	livekit: RoomServiceClient,
	signals: Pick<Signals, 'hear'>,
): Sync {
	const { db, platform } = context;
	const running = new Map<string, { again: boolean; done: Promise<void> }>();
	let reachable = true;
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;
	let hushed: (() => void) | null = null;
	let round: Promise<void> = Promise.resolve();

	function answered(ok: boolean, reason = ''): void {
		if (ok === reachable) return;
		reachable = ok;
		if (ok) platform.log.info('livekit answers again');
		else platform.log.warn({ reason }, 'livekit does not answer; the meeting goes on without');
	}

	async function bring(meetingId: string): Promise<void> {
		const room = roomName(meetingId);
		const participants = await livekit.listParticipants(room).catch((error) => {
			if (isUnknown(error)) return [];
			throw error;
		});
		answered(true);
		if (!participants.length) return;
		const [sitting, feeds] = await Promise.all([
			readSitting(db, meetingId, context.now()),
			feedsOf(db, meetingId),
		]);
		await Promise.all(participants.map((participant) => settle(room, participant, sitting, feeds)));
	}

	async function settle(
		room: string,
		participant: ParticipantInfo,
		sitting: Sitting | null,
		feeds: readonly Feed[],
	): Promise<void> {
		const { identity } = participant;
		const role = roleOf(identity, sitting, feeds);
		const may =
			role && sitting && sitting.meeting.status !== 'cancelled' ? publishingOf(role, sitting.state) : null;
		// LiveKit asks only what a track calls itself: sound under another name would pass the lock.
		const disguised = participant.tracks.some(
			({ type, source }) => type === TrackType.AUDIO && source !== TrackSource.MICROPHONE,
		);
		try {
			if (!role || !may || disguised) {
				if (disguised)
					platform.log.warn({ room, identity }, 'sound under a false name: sent out of the room');
				await livekit.removeParticipant(room, identity);
				return;
			}
			const permission = permissionOf(role, may);
			if (samePermission(participant.permission, permission)) return;
			await livekit.updateParticipant(room, identity, { permission });
		} catch (error) {
			// It left meanwhile.
			if (!isUnknown(error)) throw error;
		}
	}

	async function now(meetingId: string): Promise<void> {
		const under = running.get(meetingId);
		if (under) {
			under.again = true;
			return under.done;
		}
		const mine = { again: true, done: Promise.resolve() };
		running.set(meetingId, mine);
		mine.done = (async () => {
			try {
				while (mine.again) {
					mine.again = false;
					await bring(meetingId);
				}
			} catch (error) {
				answered(false, (error as Error).message);
			} finally {
				running.delete(meetingId);
			}
		})();
		return mine.done;
	}

	/** All rooms that LiveKit has. Several processes may do it at once: what is right already is left alone. */
	async function all(): Promise<void> {
		try {
			const rooms = await livekit.listRooms();
			answered(true);
			await Promise.all(rooms.flatMap(({ name }) => meetingOfRoom(name) ?? []).map(now));
		} catch (error) {
			answered(false, (error as Error).message);
		}
	}

	function again(): void {
		if (stopped) return;
		timer = setTimeout(() => {
			round = all().finally(again);
		}, everyMilliseconds);
		timer.unref();
	}

	return {
		now,
		get reachable() {
			return reachable;
		},
		start() {
			hushed = signals.hear((meetingId) => {
				if (meetingId) void now(meetingId);
			});
			again();
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			hushed?.();
			await round;
			await Promise.all([...running.values()].map(({ done }) => done));
		},
	};
}

function roleOf(text: string, sitting: Sitting | null, feeds: readonly Feed[]): Role | null {
	const identity = readIdentity(text);
	if (!identity || !sitting) return null;
	switch (identity.kind) {
		case 'programme':
		case 'clerk':
			return { kind: identity.kind };
		case 'seat':
			return sitting.seats.some(({ id }) => id === identity.id)
				? { kind: 'seat', seatId: identity.id }
				: null;
		case 'feed': {
			const feed = feeds.find(({ id }) => id === identity.id);
			return feed ? { kind: 'feed', feed: feed.kind, speaks: feed.speaks } : null;
		}
	}
}

function isUnknown(error: unknown): boolean {
	return (
		(error as { status?: number; code?: string }).status === 404 ||
		(error as { code?: string }).code === 'not_found'
	);
}
