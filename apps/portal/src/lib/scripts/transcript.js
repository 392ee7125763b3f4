// The transcript beside a video: follows the playback, jumps to a line, searches, grows with a live, and gives the player
// its captions. Without it the page links to the whole transcript.

/** @typedef {{ id: string, position: number | null, durationSeconds: number, text: string, speaker: string, version: number }} Line */

/** @param {number} seconds */
function clock(seconds) {
	const whole = Math.max(0, Math.floor(seconds));
	const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
	const hours = Math.floor(whole / 3600);
	const rest = `${hours ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`;
	return hours ? `${hours}:${rest}` : rest;
}

/** Letters alone, so that accents and capitals do not matter. @param {string} text */
const plain = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** @param {HTMLElement} root */
function start(root) {
	const { source = '', live = '', page = '', label = '', found = '', language = 'fr' } = root.dataset;
	const list = /** @type {HTMLElement} */ (root.querySelector('[data-lines]'));
	const tools = /** @type {HTMLElement} */ (root.querySelector('[data-tools]'));
	const words = /** @type {HTMLInputElement} */ (root.querySelector('[data-words]'));
	const follow = /** @type {HTMLInputElement} */ (root.querySelector('[data-follow]'));
	const count = /** @type {HTMLElement} */ (root.querySelector('[data-count]'));
	/** @type {HTMLVideoElement | null} */
	const video = document.querySelector('video[data-programme]') ?? document.querySelector('video');
	/** @type {Map<string, { line: Line, element: HTMLElement, cue: VTTCue | null }>} */
	const lines = new Map();
	/** @type {TextTrack | null} */
	const track =
		video && video.textTracks.length === 0 ? video.addTextTrack('captions', label, language) : null;
	if (track) track.mode = 'hidden';

	/** @param {Line} line */
	function write(line) {
		const known = lines.get(line.id);
		if (known && known.line.version === line.version) return;
		const element = document.createElement('li');
		element.dataset.speaker = line.speaker;
		if (line.position !== null) {
			const link = document.createElement('a');
			link.href = `${page}?t=${Math.floor(line.position)}`;
			link.textContent = clock(line.position);
			link.dataset.seconds = String(line.position);
			element.append(link, ' ');
		}
		if (line.speaker) {
			const who = document.createElement('strong');
			who.textContent = line.speaker;
			element.append(who, ' ');
		}
		const text = document.createElement('span');
		text.textContent = line.text;
		element.append(text);
		/** @type {VTTCue | null} */
		let cue = null;
		if (track && line.position !== null) {
			cue = new VTTCue(line.position, line.position + line.durationSeconds, '');
			cue.text = line.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
			if (known?.cue) track.removeCue(known.cue);
			track.addCue(cue);
		}
		if (known) known.element.replaceWith(element);
		else {
			const next = [...lines.values()].find(
				(other) => (other.line.position ?? 0) > (line.position ?? Number.POSITIVE_INFINITY),
			);
			if (next) next.element.before(element);
			else list.append(element);
		}
		lines.set(line.id, { line, element, cue });
	}

	/** A speaker's name stands once, before what they say. */
	function nameOnce() {
		let previous = '';
		for (const element of list.querySelectorAll('li')) {
			const who = element.querySelector('strong');
			if (who) who.hidden = element.dataset.speaker === previous && !words.value;
			previous = element.dataset.speaker ?? '';
		}
	}

	function filter() {
		const wanted = plain(words.value.trim());
		let shown = 0;
		for (const { line, element } of lines.values()) {
			element.hidden = wanted !== '' && !plain(`${line.speaker} ${line.text}`).includes(wanted);
			if (!element.hidden) shown++;
		}
		count.textContent = wanted ? found.replace('{count}', String(shown)) : '';
		nameOnce();
	}

	/** @type {HTMLElement | null} */
	let current = null;
	function showCurrent() {
		if (!video) return;
		/** @type {HTMLElement | null} */
		let now = null;
		for (const { line, element } of lines.values())
			if (line.position !== null && line.position <= video.currentTime + 0.1) now = element;
		if (now === current) return;
		current?.removeAttribute('aria-current');
		current = now;
		current?.setAttribute('aria-current', 'true');
		if (current && follow.checked && !words.value && !list.contains(document.activeElement))
			list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 3;
	}

	/** @param {Line[]} given */
	function take(given) {
		for (const line of given) write(line);
		tools.hidden = list.hidden = lines.size === 0;
		filter();
		showCurrent();
	}

	list.addEventListener('click', (event) => {
		const link = /** @type {HTMLElement} */ (event.target).closest('a');
		if (!link?.dataset.seconds || !video) return;
		event.preventDefault();
		video.currentTime = Number(link.dataset.seconds);
		video.play().catch(() => {});
	});
	words.addEventListener('input', filter);
	video?.addEventListener('timeupdate', showCurrent);
	video?.addEventListener('seeked', showCurrent);

	async function load() {
		const response = await fetch(source).catch(() => null);
		if (response?.ok) take((await response.json()).captions);
	}
	void load();
	if (live) {
		const events = new EventSource(live);
		events.addEventListener('captions', (event) => take(JSON.parse(event.data)));
		// What was said while nobody listened.
		events.addEventListener('open', () => void load());
		addEventListener('pagehide', () => events.close());
	}
}

function begin() {
	for (const root of document.querySelectorAll('[data-transcript]')) start(/** @type {HTMLElement} */ (root));
}
if (document.readyState === 'complete') begin();
else addEventListener('load', begin, { once: true });
