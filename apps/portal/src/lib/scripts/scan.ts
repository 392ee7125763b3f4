import { squareReader } from './square-reader.ts';

// Reads labels with the camera; without this the tag is typed. What the network cannot take waits on the phone: a scan
// that arrives twice is one.

interface Read {
	tag: string;
	condition: string | null;
	batteryHealthPercent: number | null;
}

interface Answer {
	outcome: string;
	tag: string;
	expected: number;
	seen: number;
	device: {
		model: string;
		service: string | null;
		site: string | null;
		holder: { name: string | null } | null;
	} | null;
}

const place = document.querySelector<HTMLElement>('[data-scan]');
const form = place?.querySelector('form');
if (place && form) start(place, form);

function start(place: HTMLElement, form: HTMLFormElement): void {
	const url = place.dataset.scan ?? '';
	const key = `parvis-scans ${url}`;
	const waiting: Read[] = JSON.parse(localStorage.getItem(key) ?? '[]');
	const part = <E extends HTMLElement>(selector: string) => place.querySelector(selector) as E;
	const heard = part('[data-heard]');
	const outbox = part('[data-outbox]');
	const camera = part('[data-camera]');
	const video = part<HTMLVideoElement>('video');
	const opener = part<HTMLButtonElement>('[data-open]');
	let sending = false;

	function keep(): void {
		if (waiting.length) localStorage.setItem(key, JSON.stringify(waiting));
		else localStorage.removeItem(key);
		outbox.hidden = waiting.length === 0;
		outbox.textContent = (place.dataset.waiting ?? '').replace('{count}', String(waiting.length));
	}

	function show(outcome: string, ...lines: string[]): void {
		heard.hidden = false;
		heard.className = `gear-heard ${outcome}`;
		heard.replaceChildren(
			...lines.filter(Boolean).map((line) => {
				const paragraph = document.createElement('p');
				paragraph.textContent = line;
				return paragraph;
			}),
		);
		navigator.vibrate?.(outcome === 'expected' ? 60 : [80, 60, 80]);
	}

	function tell({ outcome, tag, device, seen, expected }: Answer): void {
		const words = part(`[data-outcome="${outcome}"]`).textContent ?? '';
		const where = [device?.service, device?.site].filter(Boolean).join(', ');
		show(
			outcome,
			`${tag} – ${words}`,
			device ? [device.model, device.holder?.name].filter(Boolean).join(', ') : '',
			outcome === 'misplaced' && where ? `${place.dataset.where} ${where}` : '',
		);
		const progress = document.querySelector('[data-progress]');
		if (progress)
			progress.textContent = (place.dataset.progressWords ?? '')
				.replace('{seen}', String(seen))
				.replace('{expected}', String(expected));
	}

	async function send(): Promise<void> {
		if (sending) return;
		sending = true;
		try {
			for (let first = waiting[0]; first; first = waiting[0]) {
				const response = await fetch(url, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(first),
				});
				if (response.status >= 500 || response.status === 429) break;
				// A session that ended: what was read waits until somebody signs in again.
				if (response.status === 401 || response.status === 403) {
					show('unknown', place.dataset.refused ?? '');
					break;
				}
				const answer = await response.json();
				waiting.shift();
				keep();
				if (response.ok) tell(answer as Answer);
				else
					show(
						'unknown',
						String(
							(answer as { title?: string; detail?: string }).detail ??
								(answer as { title?: string }).title ??
								'',
						),
					);
			}
		} catch {
			// No network: it goes later.
		}
		sending = false;
		keep();
	}

	function note(tag: string): void {
		const fields = new FormData(form);
		const battery = String(fields.get('battery') ?? '').trim();
		waiting.push({
			tag,
			condition: String(fields.get('condition') ?? '') || null,
			batteryHealthPercent: battery === '' ? null : Number(battery),
		});
		keep();
		(form.elements.namedItem('tag') as HTMLInputElement).value = '';
		(form.elements.namedItem('battery') as HTMLInputElement).value = '';
		void send();
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		const tag = String(new FormData(form).get('tag') ?? '').trim();
		if (tag) note(tag);
	});
	addEventListener('online', () => void send());
	setInterval(() => void send(), 15_000);
	keep();
	void send();

	async function open(): Promise<void> {
		try {
			video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
		} catch {
			show('unknown', place.dataset.noCamera ?? '');
			return;
		}
		opener.hidden = true;
		video.hidden = false;
		await video.play();
		const read = await squareReader();
		let last = '';
		let lastAt = 0;
		for (;;) {
			await new Promise((done) => setTimeout(done, 200));
			if (document.hidden || video.readyState < 2) continue;
			const text = await read(video);
			// A label stays before the camera for a while: once is enough.
			if (!text || (text === last && performance.now() - lastAt < 4000)) {
				if (text) lastAt = performance.now();
				continue;
			}
			last = text;
			lastAt = performance.now();
			note(text);
		}
	}

	if (navigator.mediaDevices) {
		camera.hidden = false;
		opener.addEventListener('click', () => void open());
	}
}
