import Hls from 'hls.js/light';

interface Settings {
	meetingId: string;
	status: string;
	playlist: string | null;
	live: boolean;
	from: number;
	seats: { id: string; name: string }[];
	items: { id: string; title: string }[];
	words: Record<string, string>;
}
interface State {
	status: string;
	closedDoors: boolean;
	itemId: string | null;
	floor: { seatId: string } | null;
	votes: {
		id: string;
		itemId: string;
		status: 'open' | 'closed';
		result: { for: number; against: number; abstention: number; adopted: boolean } | null;
	}[];
}

const script = document.querySelector<HTMLScriptElement>('script[data-player]');
const settings = JSON.parse(script?.dataset.player ?? '{}') as Settings;
const { words } = settings;
const video = document.querySelector<HTMLVideoElement>('[data-video]');
const of = (name: string) => document.querySelector<HTMLElement>(`[data-${name}]`);
const names = new Map(settings.seats.map(({ id, name }) => [id, name]));
const titles = new Map(settings.items.map(({ id, title }) => [id, title]));

/** Behind the newest segment: two or three of them, so that a short delay of the network is not seen. */
const liveSyncSeconds = 3.5;
const retryMilliseconds = 4000;
const lookMilliseconds = 10_000;

let hls: Hls | null = null;
let audioOnly = false;

const address = () =>
	(settings.playlist ?? '').replace('master.m3u8', audioOnly ? 'audio.m3u8' : 'video.m3u8');

/** Begin to play the picture or the sound alone. @param at seconds from the beginning; null: where the live is, or the beginning */
function load(at: number | null, play: boolean): void {
	if (!video || !settings.playlist) return;
	hls?.destroy();
	hls = null;
	const problem = of('problem');
	if (problem) problem.hidden = true;
	if (Hls.isSupported()) {
		const made = new Hls({
			enableWorker: false,
			liveSyncDuration: liveSyncSeconds,
			liveMaxLatencyDuration: 15,
			maxLiveSyncPlaybackRate: 1.1,
			backBufferLength: 120,
			startPosition: at ?? -1,
		});
		hls = made;
		made.on(Hls.Events.ERROR, (_event, error) => {
			if (!error.fatal) return;
			if (error.type === Hls.ErrorTypes.MEDIA_ERROR) made.recoverMediaError();
			else {
				if (problem) {
					problem.textContent = words.failed ?? '';
					problem.hidden = false;
				}
				setTimeout(
					() => hls === made && load(settings.live ? null : video.currentTime, !video.paused),
					retryMilliseconds,
				);
			}
		});
		made.loadSource(address());
		made.attachMedia(video);
	} else {
		// Safari and others that read HLS by themselves.
		video.src = address();
		if (at !== null) video.addEventListener('loadedmetadata', () => seek(at), { once: true });
	}
	if (play) void video.play().catch(() => {});
}

function seek(seconds: number): void {
	if (!video) return;
	video.currentTime = seconds;
	void video.play().catch(() => {});
}

function toLive(): void {
	if (!video) return;
	const edge =
		hls?.liveSyncPosition ?? (video.seekable.length ? video.seekable.end(video.seekable.length - 1) - 4 : 0);
	video.playbackRate = 1;
	seek(edge);
}

function setUp(): void {
	if (!video) return;
	const tools = of('tools');
	if (tools) tools.hidden = false;
	// Nothing is fetched before it is asked for, but for the first picture of a live.
	if (settings.live || settings.from > 0) load(settings.from > 0 ? settings.from : null, false);
	else video.addEventListener('play', () => hls ?? load(null, true), { once: true });
	if (!settings.live && settings.from === 0 && Hls.isSupported()) load(0, false);
	of('to-live')?.addEventListener('click', toLive);
	of('audio-only')?.addEventListener('click', (event) => {
		audioOnly = !audioOnly;
		(event.currentTarget as HTMLElement).setAttribute('aria-pressed', String(audioOnly));
		video.classList.toggle('audio-only', audioOnly);
		load(settings.live ? null : video.currentTime, true);
	});
	of('speed')?.addEventListener('change', (event) => {
		video.playbackRate = Number((event.currentTarget as HTMLSelectElement).value);
	});
	of('copy')?.addEventListener('click', async () => {
		const link = new URL(location.href);
		link.search = `?t=${Math.floor(video.currentTime)}`;
		history.replaceState(null, '', link);
		await navigator.clipboard?.writeText(link.href).catch(() => {});
		const copied = of('copied');
		if (copied) copied.textContent = words.copied ?? '';
	});
	document.addEventListener('click', (event) => {
		const link = (event.target as Element).closest<HTMLElement>('[data-seek]');
		if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		seek(Number(link.dataset.seek));
		video.focus();
		history.replaceState(null, '', link.getAttribute('href') ?? '');
	});
	video.addEventListener('timeupdate', markChapter);
}

/** The chapter that plays is marked for who looks and who listens. */
function markChapter(): void {
	let here: HTMLElement | null = null;
	for (const link of document.querySelectorAll<HTMLElement>('[data-seek]')) {
		if (video && Number(link.dataset.seek) <= video.currentTime + 0.5) here = link;
		if (link !== here) link.removeAttribute('aria-current');
	}
	for (const link of document.querySelectorAll('[data-seek][aria-current]'))
		if (link !== here) link.removeAttribute('aria-current');
	here?.setAttribute('aria-current', 'true');
}

function showState(state: State): void {
	const now = of('now');
	const text = state.closedDoors
		? words.closedDoors
		: state.status === 'suspended'
			? words.suspended
			: [
					titles.get(state.itemId ?? '') ?? '',
					state.floor ? (words.speaks ?? '').replace('{name}', names.get(state.floor.seatId) ?? '') : '',
				]
					.filter(Boolean)
					.join(' · ');
	if (now && now.textContent !== text) now.textContent = text ?? '';
	of('votes')?.replaceChildren(
		...state.votes.map(({ itemId, status, result }) => {
			const line = document.createElement('li');
			const title = titles.get(itemId) ?? '';
			line.textContent =
				status === 'open' || !result
					? `${title} : ${words.voting ?? ''}`
					: `${title} : ${(result.adopted ? words.adopted : words.rejected) ?? ''} (${result.for} / ${result.against} / ${result.abstention})`;
			return line;
		}),
	);
}

/** New chapters come with the page itself, made where all of them are made. */
async function refreshChapters(): Promise<void> {
	const response = await fetch(location.pathname);
	if (!response.ok) return;
	const page = new DOMParser().parseFromString(await response.text(), 'text/html');
	const fresh = page.querySelector('[data-chapters]');
	const held = of('chapters');
	if (!fresh || !held || fresh.innerHTML === held.innerHTML) return;
	held.replaceChildren(...fresh.childNodes);
	markChapter();
}

/** Whether it began, was interrupted, came back, or ended. */
async function look(): Promise<void> {
	const response = await fetch(`/api/v1/meetings/${settings.meetingId}/video`).catch(() => null);
	if (!response?.ok) return;
	const fresh = (await response.json()) as { status: string; playlist: string | null };
	const interrupted = of('interrupted');
	if (interrupted) interrupted.hidden = fresh.status !== 'interrupted';
	if (
		(!settings.playlist && fresh.playlist) ||
		(settings.live && fresh.status === 'replay' && settings.status !== 'replay')
	) {
		if (video && !video.paused && fresh.status === 'replay') return;
		location.reload();
	}
}

setUp();
if (settings.live) {
	const source = new EventSource(`/api/v1/meetings/${settings.meetingId}/live`);
	let timer: ReturnType<typeof setTimeout> | undefined;
	source.addEventListener('state', (event) => {
		showState(JSON.parse(event.data as string) as State);
		clearTimeout(timer);
		timer = setTimeout(() => void refreshChapters(), 5000 + Math.random() * 20_000);
	});
	setInterval(() => void look(), lookMilliseconds + Math.random() * 2000);
}
