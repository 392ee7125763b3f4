import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { AccessToken, RoomServiceClient, TrackSource, WebhookReceiver } from 'livekit-server-sdk';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import type { Signals } from '../signals.ts';
import { readSitting, type Sitting } from '../sitting.ts';
import type { Entry, RoomStatus, Video } from './face.ts';
import { createFeeds, feedBySecret, feedsOf } from './feeds.ts';
import { type Identity, identityText, meetingOfRoom, readIdentity, roomName } from './identity.ts';
import { permissionOf } from './permission.ts';
import { publishingOf, type Role } from './rules/microphones.ts';
import { createSync, type Sync } from './sync.ts';

const tokenLife = '10m';
const askedWithinSeconds = 5;

const entryInput = z.object({ link: z.string().min(1).max(200).optional() });

export interface VideoRoom extends Video {
	/** What LiveKit tells of a room, signed by it. @returns false for what it did not sign */
	heard(body: string, authorization: string | undefined): Promise<boolean>;
	start(): void;
	stop(): Promise<void>;
}

interface Who {
	identity: Identity;
	role: Role;
	name: string;
	party: string;
}

/** The room of a meeting on LiveKit. Without one everything refuses in words, and the meeting is held as before. */
export function createVideo(context: Context, signals: Signals): VideoRoom {
	const { db, platform } = context;
	const settings = platform.config.livekit;
	const client = settings
		? new RoomServiceClient(settings.url, settings.apiKey, settings.apiSecret, {
				requestTimeout: askedWithinSeconds,
			})
		: null;
	const receiver = settings ? new WebhookReceiver(settings.apiKey, settings.apiSecret) : null;
	const sync: Sync | null = client ? createSync(context, client, signals) : null;

	/** @returns null for who has no place in the room */
	async function who(actor: Actor, sitting: Sitting, link: string | undefined): Promise<Who | null> {
		if (link !== undefined) {
			const feed = await feedBySecret(db, sitting.meeting.id, link);
			return (
				feed && {
					identity: { kind: 'feed', id: feed.id },
					role: { kind: 'feed', feed: feed.kind, speaks: feed.speaks },
					name: feed.name,
					party: '',
				}
			);
		}
		if (actor.kind !== 'person' || !actor.id) return null;
		const seat = sitting.seats.find(({ personId }) => personId === actor.id);
		if (seat)
			return {
				identity: { kind: 'seat', id: seat.id },
				role: { kind: 'seat', seatId: seat.id },
				name: seat.name,
				party: seat.party,
			};
		return mayPrepare(actor)
			? {
					identity: { kind: 'clerk', id: actor.id },
					role: { kind: 'clerk' },
					name: actor.displayName,
					party: '',
				}
			: null;
	}

	async function entryFor({ identity, role, name, party }: Who, sitting: Sitting): Promise<Result<Entry>> {
		if (!settings) return refuse('council.room_none');
		const may = publishingOf(role, sitting.state);
		if (!may)
			return refuse(
				sitting.state.status === 'closed'
					? 'council.meeting_over'
					: role.kind === 'seat'
						? 'council.room_recused'
						: 'council.room_closed_doors',
			);
		// The microphone, the screen and the pointer are granted by the server once they are in, never by the token.
		const permission = permissionOf(role, { ...may, microphone: false, screen: false, pointer: false });
		const kind = role.kind === 'feed' ? role.feed : role.kind;
		const token = new AccessToken(settings.apiKey, settings.apiSecret, {
			identity: identityText(identity),
			name,
			ttl: tokenLife,
			attributes: { kind, party },
		});
		token.addGrant({
			roomJoin: true,
			room: roomName(sitting.meeting.id),
			canSubscribe: permission.canSubscribe,
			canPublish: permission.canPublish,
			canPublishSources: permission.canPublishSources,
			canPublishData: permission.canPublishData,
			canUpdateOwnMetadata: permission.canUpdateMetadata,
			hidden: permission.hidden,
			recorder: permission.recorder,
		});
		return ok({
			url: settings.clientUrl,
			token: await token.toJwt(),
			identity: identityText(identity),
			name,
			kind,
		});
	}

	async function heldNow(reference: string): Promise<Result<Sitting>> {
		const sitting = await readSitting(db, reference, context.now());
		if (!sitting || sitting.meeting.status === 'draft') return refuse('council.meeting_unknown');
		return sitting.meeting.status === 'cancelled' ? refuse('council.meeting_over') : ok(sitting);
	}

	return {
		feeds: createFeeds(context),

		async enter(actor, meeting, given = {}) {
			const input = parseInput(entryInput, given);
			if (!input.ok) return input;
			const sitting = await heldNow(meeting);
			if (!sitting.ok) return sitting;
			const person = await who(actor, sitting.value, input.value.link);
			if (person) return entryFor(person, sitting.value);
			return refuse(input.value.link === undefined ? 'platform.not_allowed' : 'council.link_unknown');
		},

		async programmeToken(meetingId) {
			const sitting = await heldNow(meetingId);
			if (!sitting.ok) return sitting;
			return entryFor(
				{ identity: { kind: 'programme' }, role: { kind: 'programme' }, name: '', party: '' },
				sitting.value,
			);
		},

		async status(actor, meetingId): Promise<Result<RoomStatus>> {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			if (!client || !sync) return ok({ livekit: 'none', participants: [] });
			try {
				const rooms = await client.listRooms([roomName(meetingId)]);
				const inside = rooms.length ? await client.listParticipants(roomName(meetingId)) : [];
				const feeds = new Map((await feedsOf(db, meetingId)).map(({ id, kind }) => [id, kind]));
				return ok({
					livekit: 'up',
					participants: inside.flatMap(({ identity: text, name, permission }) => {
						const identity = readIdentity(text);
						if (!identity) return [];
						const sources = permission?.canPublish ? permission.canPublishSources : [];
						return [
							{
								identity: text,
								name,
								kind: identity.kind === 'feed' ? (feeds.get(identity.id) ?? 'guest') : identity.kind,
								microphone: sources.includes(TrackSource.MICROPHONE),
								camera: sources.includes(TrackSource.CAMERA),
							},
						];
					}),
				});
			} catch {
				return ok({ livekit: 'down', participants: [] });
			}
		},

		sync: async (meetingId) => sync?.now(meetingId),

		async heard(body, authorization) {
			if (!receiver || !sync) return false;
			try {
				const event = await receiver.receive(body, authorization);
				const meetingId = event.room ? meetingOfRoom(event.room.name) : null;
				// A token renewed by LiveKit may carry what was taken back since: who joins is looked at first.
				if (meetingId && (event.event === 'participant_joined' || event.event === 'track_published'))
					await sync.now(meetingId);
				return true;
			} catch {
				return false;
			}
		},

		start: () => sync?.start(),
		stop: async () => sync?.stop(),
	};
}
