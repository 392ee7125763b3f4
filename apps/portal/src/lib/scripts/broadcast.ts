import {
	type RemoteParticipant,
	type RemoteTrack,
	type RemoteTrackPublication,
	Room,
	RoomEvent,
	Track,
} from 'livekit-client';
import { createShownDocument, type Shown } from './broadcast-document.ts';

/** What the page hands over: names that the public record goes by. */
interface Given {
	meetingId: string;
	seats: { id: string; name: string; party: string }[];
	items: { id: string; position: number; title: string }[];
	words: Record<string, string>;
}
interface Entry {
	url: string | null;
	token: string;
}
interface Tally {
	for: number;
	against: number;
	abstention: number;
	adopted: boolean;
}
/** What this page reads of the public state of a meeting. */
interface State {
	status: 'before' | 'open' | 'suspended' | 'closed';
	closedDoors: boolean;
	chairId: string | null;
	itemId: string | null;
	shown: Shown | null;
	floor: { seatId: string } | null;
	votes: { id: string; itemId: string; status: 'open' | 'closed'; result: Tally | null }[];
}
interface Picture {
	participant: RemoteParticipant;
	publication: RemoteTrackPublication;
	video: HTMLVideoElement;
}
declare global {
	interface Window {
		/** A way into the room, from whoever makes the programme; nobody else has one. */
		parvisEntry?: () => Promise<Entry | null>;
	}
}

const retryMilliseconds = 2000;
const longestEntryMilliseconds = 4000;
const voteShownMilliseconds = 20_000;
const captionShownMilliseconds = 7000;
/** Key frames come when they are due only if frames do: the picture always changes a little, at least five times a second. */
const pulseMilliseconds = 125;
const pulseSteps = 16;
const mostTiles = 16;
const mostSideTiles = 3;

const script = document.querySelector<HTMLScriptElement>('script[data-broadcast]');
const given = JSON.parse(script?.dataset.broadcast ?? '{}') as Given;
const { words } = given;
const part = (name: string) => {
	const found = document.querySelector<HTMLElement>(`[data-${name}]`);
	if (!found) throw new Error(`the page lacks ${name}`);
	return found;
};
const stage = part('stage');
const side = part('side');
const sound = part('sound');
const seats = new Map(given.seats.map((seat) => [seat.id, seat]));
const items = new Map(given.items.map((item) => [item.id, item]));
const pictures = new Map<string, Picture>();
const shownDocument = createShownDocument(() => arrange());
const shownVotes = new Set<string>();
let state: State | null = null;
let room: Room | null = null;
let voteTimer: ReturnType<typeof setTimeout> | undefined;
let captionTimer: ReturnType<typeof setTimeout> | undefined;

const fill = (text: string, values: Record<string, string | number>) =>
	text.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));

/** Sound and picture of the room are heard and seen only while the record says that the public is there. */
const publicNow = () => state !== null && !state.closedDoors && state.status !== 'closed';

const kindOf = (participant: RemoteParticipant) => participant.attributes.kind ?? '';
const isInterpreter = ({ participant }: Picture) => kindOf(participant) === 'interpreter';
const isScreen = ({ publication }: Picture) => publication.source === Track.Source.ScreenShare;

function tile(picture: Picture, large: boolean): HTMLElement {
	const figure = document.createElement('div');
	figure.className = 'broadcast-tile';
	if (isInterpreter(picture)) figure.classList.add('interpreter');
	if (isScreen(picture) || (large && kindOf(picture.participant) === 'hall')) figure.classList.add('whole');
	if (picture.participant.identity === `seat:${state?.floor?.seatId ?? ''}`) figure.classList.add('speaks');
	const name = document.createElement('p');
	name.textContent = picture.participant.name ?? '';
	figure.append(picture.video, name);
	return figure;
}

function sheet(page: HTMLCanvasElement): HTMLElement {
	const made = document.createElement('div');
	made.className = 'broadcast-document';
	made.append(page);
	return made;
}

/** Whose picture is large: a shared screen, who has the floor, who presides when alone with the hall, the hall. */
function leading(all: readonly Picture[]): Picture | undefined {
	const of = (identity: string) => all.find((one) => one.participant.identity === identity && !isScreen(one));
	return (
		all.find(isScreen) ??
		(state?.floor ? of(`seat:${state.floor.seatId}`) : undefined) ??
		(state?.floor ? all.find(({ participant }) => kindOf(participant) === 'hall') : undefined)
	);
}

function arrange(): void {
	const all = publicNow() ? [...pictures.values()] : [];
	const interpreters = all.filter(isInterpreter);
	const others = all.filter((one) => !isInterpreter(one));
	const large = leading(others);
	const halls = others.filter((one) => one !== large && kindOf(one.participant) === 'hall');
	const page = publicNow() ? shownDocument.picture() : null;
	const main = large ? [large] : others.slice(0, mostTiles);
	const beside =
		large || page
			? [
					...(large && page ? [large] : []),
					...halls,
					...others.filter((one) => one !== large && !halls.includes(one) && one.participant.isSpeaking),
				].slice(0, mostSideTiles)
			: [];
	stage.classList.toggle('large', !page && large !== undefined);
	const columns = page ? 1 : Math.ceil(Math.sqrt(main.length || 1));
	stage.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
	stage.replaceChildren(...(page ? [sheet(page)] : main.map((one) => tile(one, large !== undefined))));
	side.replaceChildren(...[...interpreters, ...beside].map((one) => tile(one, false)));
	for (const { video } of all) void video.play().catch(() => {});
	showCard(all.length > 0);
}

function showCard(some: boolean): void {
	const card = part('card');
	const title =
		state?.closedDoors === true
			? words.closedDoors
			: state?.status === 'suspended'
				? words.suspended
				: state?.status === 'closed'
					? words.over
					: state?.status === 'before' || !state
						? words.soon
						: '';
	const meanwhile = state?.status === 'before' && some;
	card.hidden = title === '' || meanwhile;
	part('card-title').textContent = title ?? '';
	if (state?.closedDoors) part('card-text').textContent = words.closedDoorsText ?? '';
}

function showLower(): void {
	const open = state?.status === 'open' && !state.closedDoors;
	const item = items.get(state?.itemId ?? '');
	const seat = seats.get(state?.floor?.seatId ?? '');
	part('lower').hidden = !open || !(item || seat);
	part('speaker').hidden = !seat;
	part('name').textContent = seat?.name ?? '';
	part('party').textContent = seat?.party ?? '';
	part('item').textContent = item
		? `${fill(words.item ?? '', { number: item.position })} · ${item.title}`
		: '';
}

function line(text: string, strong = false): HTMLElement {
	const made = document.createElement('p');
	const inside = strong ? document.createElement('strong') : made;
	inside.textContent = text;
	if (strong) made.append(inside);
	return made;
}

/** A vote that has begun, or the result that has just fallen; old ones are not shown to who tunes in. */
function showVotes(first: boolean): void {
	const box = part('vote');
	for (const vote of state?.votes ?? []) {
		const key = `${vote.id} ${JSON.stringify(vote.result)}`;
		if (vote.status === 'open' || shownVotes.has(key)) continue;
		shownVotes.add(key);
		if (first || !vote.result || state?.closedDoors) continue;
		box.replaceChildren(
			line(items.get(vote.itemId)?.title ?? ''),
			line((vote.result.adopted ? words.adopted : words.rejected) ?? '', true),
			line(fill(words.counts ?? '', { ...vote.result, adopted: '' })),
		);
		box.hidden = false;
		clearTimeout(voteTimer);
		voteTimer = setTimeout(() => {
			box.hidden = true;
		}, voteShownMilliseconds);
	}
	const open = state?.votes.find(({ status }) => status === 'open');
	if (open && !state?.closedDoors) {
		clearTimeout(voteTimer);
		box.replaceChildren(line(items.get(open.itemId)?.title ?? ''), line(words.voting ?? '', true));
		box.hidden = false;
		voteTimer = setTimeout(() => {
			box.hidden = true;
		}, 600_000);
	}
	if (state?.closedDoors) box.hidden = true;
}

function followState(): void {
	const source = new EventSource(`/api/v1/meetings/${given.meetingId}/live`);
	source.addEventListener('state', (event) => {
		const first = state === null;
		state = JSON.parse(event.data as string) as State;
		if (!publicNow()) void leave();
		shownDocument.show(publicNow() ? state.shown : null);
		arrange();
		showLower();
		showVotes(first);
		if (first) void keepInRoom();
	});
	const captions = new EventSource(`/api/v1/meetings/${given.meetingId}/captions/live`);
	captions.addEventListener('captions', (event) => {
		const lines = JSON.parse(event.data as string) as {
			text: string;
			startsAt: string;
			durationSeconds: number;
		}[];
		const last = lines.at(-1);
		const box = part('captions');
		const age = last ? Date.now() - Date.parse(last.startsAt) - last.durationSeconds * 1000 : Infinity;
		if (!last || age > 20_000 || state?.closedDoors) return;
		box.textContent = last.text;
		box.hidden = false;
		clearTimeout(captionTimer);
		captionTimer = setTimeout(() => {
			box.hidden = true;
		}, captionShownMilliseconds);
	});
}

function take(track: RemoteTrack, publication: RemoteTrackPublication, participant: RemoteParticipant): void {
	if (track.kind === Track.Kind.Audio) {
		sound.append(track.attach());
		return;
	}
	const video = track.attach() as HTMLVideoElement;
	video.muted = true;
	pictures.set(publication.trackSid, { participant, publication, video });
	arrange();
}

function drop(track: RemoteTrack, publication: { trackSid: string }): void {
	for (const element of track.detach()) element.remove();
	if (pictures.delete(publication.trackSid)) arrange();
}

async function leave(): Promise<void> {
	const left = room;
	room = null;
	pictures.clear();
	sound.replaceChildren();
	await left?.disconnect();
}

/** In the room whenever the record allows it; a lost connection is made anew. */
async function keepInRoom(): Promise<void> {
	if (!window.parvisEntry) return ready();
	// The public need not wait for a room that does not answer: the record is shown meanwhile.
	setTimeout(ready, longestEntryMilliseconds);
	for (;;) {
		if (!room && publicNow()) {
			try {
				const entry = await window.parvisEntry();
				if (entry && publicNow()) await enter(entry);
			} catch {
				await leave();
			}
		}
		ready();
		await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
	}
}

async function enter(entry: Entry): Promise<void> {
	const made = new Room({ adaptiveStream: false, dynacast: false });
	made
		.on(RoomEvent.TrackSubscribed, take)
		.on(RoomEvent.TrackUnsubscribed, drop)
		.on(RoomEvent.TrackMuted, arrange)
		.on(RoomEvent.TrackUnmuted, arrange)
		.on(RoomEvent.ActiveSpeakersChanged, arrange)
		.on(RoomEvent.Disconnected, () => {
			if (room !== made) return;
			void leave();
			arrange();
		});
	room = made;
	await made.connect(entry.url ?? `${location.origin.replace(/^http/, 'ws')}/livekit`, entry.token);
}

function ready(): void {
	part('screen').dataset.programme = 'ready';
}

const clock = part('clock');
const pulse = part('pulse');
let beat = 0;
setInterval(() => {
	clock.textContent = new Date().toLocaleTimeString('fr-FR', {
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	});
	beat = (beat + 1) % pulseSteps;
	pulse.style.opacity = String(0.6 + 0.4 * Math.sin((beat / pulseSteps) * 2 * Math.PI));
}, pulseMilliseconds);
followState();
