import type { Participant, Room, Track } from 'livekit-client';
import { askToEnter, livekitAddress } from './entry.ts';
import { createPointer, type Point } from './pointer.ts';

/** One participant as shown. */
export interface Tile {
	identity: string;
	name: string;
	party: string;
	kind: string;
	self: boolean;
	camera: Track | null;
	screen: Track | null;
	speaking: boolean;
	/** The microphone is open. */
	heard: boolean;
}

export type Phase = 'out' | 'entering' | 'in' | 'reconnecting' | 'waiting' | 'elsewhere' | 'over';

export interface Choice {
	camera: boolean;
	cameraId: string;
	microphoneId: string;
}

interface Options {
	meetingId: string;
	link: string | null;
	/** Who presides may be heard all the time, and opens the microphone by hand. */
	presides(): boolean;
	/** Whether this identity presents, and may point on the document. */
	points(identity: string): boolean;
}

/** `TrackSource` of LiveKit's protocol, as permissions name them. */
const source = { microphone: 2, screen: 3 } as const;
const waits = [500, 1000, 2000, 4000, 8000];
const waitingMilliseconds = 10_000;

/** The connection of this page to the room: it comes back by itself, and opens and closes the microphone as it is allowed. */
export class RoomClient {
	phase = $state<Phase>('out');
	/** What the town answered when it did not let us in. */
	refusal = $state('');
	/** `camera` or `microphone` with the name of the browser's error, null while they work. */
	deviceProblem = $state<{ device: string; name: string } | null>(null);
	tiles = $state.raw<Tile[]>([]);
	/** Identity of who spoke last, oneself left out. */
	lastSpeaker = $state('');
	identity = $state('');
	kind = $state('');
	mayBeHeard = $state(false);
	mayShare = $state(false);
	/** Heard by the others now. */
	heard = $state(false);
	/** Closed by oneself. */
	muted = $state(false);
	cameraOn = $state(false);
	sharing = $state(false);
	/** The browser waits for a press before it plays sound. */
	silenced = $state(false);
	offline = $state(false);
	point = $state.raw<Point | null>(null);

	#options: Options;
	#choice: Choice = { camera: true, cameraId: '', microphoneId: '' };
	#room: Room | null = null;
	#wanted = false;
	#trying = false;
	#attempts = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#microphone: Promise<void> = Promise.resolve();
	#sound: HTMLElement | null = null;
	#pointer = createPointer(
		(data) => void this.#room?.localParticipant.publishData(data, { reliable: false, topic: 'pointer' }),
		(point) => {
			this.point = point;
		},
	);

	constructor(options: Options) {
		this.#options = options;
	}

	/** @param sound where the elements that play the others' sound are put */
	async enter(choice: Choice, sound: HTMLElement): Promise<void> {
		this.#choice = choice;
		this.#sound = sound;
		this.#wanted = true;
		this.phase = 'entering';
		await this.#attempt();
	}

	async leave(): Promise<void> {
		this.#wanted = false;
		clearTimeout(this.#timer);
		await this.#drop();
		this.phase = 'out';
	}

	/** Something changed: what kept us out may be over. */
	nudge(): void {
		if (this.phase === 'waiting' || this.phase === 'reconnecting') void this.#attempt();
	}

	setOffline(offline: boolean): void {
		this.offline = offline;
		if (!offline) this.nudge();
	}

	async #attempt(): Promise<void> {
		if (!this.#wanted || this.#trying) return;
		this.#trying = true;
		clearTimeout(this.#timer);
		try {
			const answer = await askToEnter(this.#options.meetingId, this.#options.link);
			if (!answer.ok) {
				await this.#drop();
				this.refusal = answer.sentence;
				this.phase = answer.over ? 'over' : 'waiting';
				if (!answer.over) this.#later(waitingMilliseconds);
				return;
			}
			await this.#connect(livekitAddress(answer.entry, location), answer.entry.token, !answer.entry.url);
			this.identity = answer.entry.identity;
			this.kind = answer.entry.kind;
			this.#attempts = 0;
			this.refusal = '';
			this.phase = 'in';
			if (this.#choice.camera && answer.entry.kind !== 'clerk') void this.setCamera(true);
			this.#settle();
		} catch {
			await this.#drop();
			if (!this.#wanted) return;
			this.phase = 'reconnecting';
			this.#later(waits[Math.min(this.#attempts++, waits.length - 1)] ?? 8000);
		} finally {
			this.#trying = false;
		}
	}

	#later(milliseconds: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#attempt(), milliseconds);
	}

	async #connect(url: string, token: string, ours: boolean): Promise<void> {
		const { DisconnectReason, Room, RoomEvent, Track, VideoPresets } = await import('livekit-client');
		await this.#drop();
		const room = new Room({
			adaptiveStream: true,
			dynacast: true,
			stopLocalTrackOnUnpublish: true,
			publishDefaults: { simulcast: true, stopMicTrackOnMute: true },
			videoCaptureDefaults: { resolution: VideoPresets.h540.resolution },
		});
		this.#room = room;
		const refresh = () => this.#refresh(room);
		for (const event of [
			RoomEvent.ParticipantConnected,
			RoomEvent.ParticipantDisconnected,
			RoomEvent.TrackMuted,
			RoomEvent.TrackUnmuted,
			RoomEvent.LocalTrackPublished,
			RoomEvent.LocalTrackUnpublished,
			RoomEvent.ActiveSpeakersChanged,
			RoomEvent.ParticipantPermissionsChanged,
		] as const)
			room.on(event, refresh);
		room
			.on(RoomEvent.TrackSubscribed, (track, publication) => {
				// Only a microphone is played: sound under another name has no leave to be heard.
				if (publication.source === Track.Source.Microphone) this.#sound?.append(track.attach());
				refresh();
			})
			.on(RoomEvent.TrackUnsubscribed, (track) => {
				for (const element of track.detach()) element.remove();
				refresh();
			})
			.on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => {
				if (participant === room.localParticipant) this.#settle();
			})
			.on(RoomEvent.AudioPlaybackStatusChanged, () => {
				this.silenced = !room.canPlaybackAudio;
			})
			.on(RoomEvent.DataReceived, (data, participant, _kind, topic) => {
				if (topic === 'pointer' && participant && this.#options.points(participant.identity))
					this.#pointer.receive(data);
			})
			.on(RoomEvent.Reconnecting, () => {
				this.phase = 'reconnecting';
			})
			.on(RoomEvent.Reconnected, () => {
				this.phase = 'in';
				this.#settle();
			})
			.on(RoomEvent.Disconnected, (reason) => {
				if (!this.#wanted || this.#room !== room || this.#trying) return;
				if (reason === DisconnectReason.DUPLICATE_IDENTITY) {
					this.#wanted = false;
					this.phase = 'elsewhere';
					void this.#drop();
					return;
				}
				this.phase = 'reconnecting';
				this.#later(reason === DisconnectReason.PARTICIPANT_REMOVED ? 0 : 500);
			});
		await room.connect(url, token, {
			maxRetries: 1,
			// No stranger's STUN server is asked: our LiveKit is reached directly.
			...(ours && { rtcConfig: { iceServers: [] } }),
		});
		this.silenced = !room.canPlaybackAudio;
		refresh();
	}

	async #drop(): Promise<void> {
		const room = this.#room;
		this.#room = null;
		if (!room) return;
		room.removeAllListeners();
		await room.disconnect(true).catch(() => {});
		this.#sound?.replaceChildren();
		this.tiles = [];
		this.mayBeHeard = this.mayShare = this.heard = this.cameraOn = this.sharing = false;
	}

	#refresh(room: Room): void {
		if (room !== this.#room) return;
		const own = room.localParticipant;
		this.tiles = [own, ...room.remoteParticipants.values()].map((one) => tileOf(one, one === own));
		const [loudest] = room.activeSpeakers.filter((one) => one !== own);
		if (loudest) this.lastSpeaker = loudest.identity;
		this.heard = own.isMicrophoneEnabled;
		this.cameraOn = own.isCameraEnabled;
		this.sharing = own.isScreenShareEnabled;
	}

	/** Open or close the microphone as it is allowed now, one change after the other. */
	#settle(): void {
		this.#microphone = this.#microphone.then(async () => {
			const room = this.#room;
			if (!room) return;
			const own = room.localParticipant;
			const sources: readonly number[] = own.permissions?.canPublish ? own.permissions.canPublishSources : [];
			const may = sources.includes(source.microphone);
			if (may && !this.mayBeHeard) this.muted = this.#options.presides();
			this.mayBeHeard = may;
			this.mayShare = sources.includes(source.screen);
			try {
				const { Track } = await import('livekit-client');
				if (may) {
					const id = this.#choice.microphoneId;
					if (this.muted !== !own.isMicrophoneEnabled)
						await own.setMicrophoneEnabled(!this.muted, id ? { deviceId: id } : undefined);
					if (this.deviceProblem?.device === 'microphone') this.deviceProblem = null;
				} else {
					// The server has taken it away already; the browser lets go of the device.
					const track = own.getTrackPublication(Track.Source.Microphone)?.track;
					if (track) await own.unpublishTrack(track.mediaStreamTrack, true);
				}
				const screen = own.getTrackPublication(Track.Source.ScreenShare)?.track;
				if (!this.mayShare && screen) await own.unpublishTrack(screen.mediaStreamTrack, true);
			} catch (error) {
				if (may) this.deviceProblem = { device: 'microphone', name: (error as Error).name };
			}
			this.#refresh(room);
		});
	}

	setMuted(muted: boolean): void {
		this.muted = muted;
		this.#settle();
	}

	async setCamera(on: boolean): Promise<void> {
		const room = this.#room;
		if (!room) return;
		this.#choice.camera = on;
		const id = this.#choice.cameraId;
		try {
			const { VideoPresets } = await import('livekit-client');
			// The hall and the interpreter are looked at closely.
			const fine = this.kind === 'hall' || this.kind === 'interpreter';
			await room.localParticipant.setCameraEnabled(on, {
				resolution: (fine ? VideoPresets.h720 : VideoPresets.h540).resolution,
				...(id && { deviceId: id }),
			});
			if (this.deviceProblem?.device === 'camera') this.deviceProblem = null;
		} catch (error) {
			this.deviceProblem = { device: 'camera', name: (error as Error).name };
		}
		this.#refresh(room);
	}

	async share(on: boolean): Promise<void> {
		const room = this.#room;
		if (!room) return;
		// Who closes the browser's choice of a window has changed their mind.
		await room.localParticipant.setScreenShareEnabled(on, { audio: false }).catch(() => {});
		this.#refresh(room);
	}

	async playSound(): Promise<void> {
		await this.#room?.startAudio();
	}

	/** Point on the document, in shares of its width and height. */
	pointAt(x: number, y: number): void {
		if (this.#room) this.#pointer.send(x, y);
	}
}

function tileOf(participant: Participant, self: boolean): Tile {
	const track = (name: string) => {
		const publication = [...participant.trackPublications.values()].find(
			(one) => one.source === name && one.kind === 'video',
		);
		return publication?.track && !publication.isMuted ? publication.track : null;
	};
	return {
		identity: participant.identity,
		name: participant.name || participant.identity,
		party: participant.attributes.party ?? '',
		kind: participant.attributes.kind ?? participant.identity.split(':')[0] ?? '',
		self,
		camera: track('camera'),
		screen: track('screen_share'),
		speaking: participant.isSpeaking,
		heard: participant.isMicrophoneEnabled,
	};
}
