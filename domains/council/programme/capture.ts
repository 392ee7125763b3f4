import { type Browser, chromium } from 'playwright-core';
import type { Entry } from '../room/face.ts';
import type { InitSegment, MediaSegment } from './fragments.ts';
import { audioEncoding, fragmentedOutput, startPackager } from './packager.ts';
import type { Take } from './take.ts';

export const chromiumPath = '/usr/bin/chromium';

const pictureWidth = 1280;
const pictureHeight = 720;
const framesPerSecond = 25;
const videoBitsPerSecond = 2_500_000;
/** Also the length of segments: two seconds at most, short for the delay. */
const keyFrameMilliseconds = 1500;
const chunkMilliseconds = 200;
const readyMilliseconds = 30_000;

export interface CaptureOptions {
	/** Of the broadcast page. */
	url: string;
	/** A fresh way into the room, whenever the page asks for it; null while the public has none. */
	entry(): Promise<Entry | null>;
	onSegment(segment: InitSegment | MediaSegment, startedAt: Date): void;
}

/** What runs in the page: its own tab, recorded as it is drawn and heard. */
interface Capturing {
	width: number;
	height: number;
	frameRate: number;
	videoBitsPerSecond: number;
	keyFrameMilliseconds: number;
	chunkMilliseconds: number;
}

/**
 * The broadcast page in a browser of its own, captured to H.264 and Opus by the browser itself; ffmpeg repacks the
 * picture as it is and makes AAC of the sound. The browser is held by a pipe: it ends when this process does.
 */
export async function startCapture(options: CaptureOptions): Promise<Take> {
	const { origin, protocol, hostname } = new URL(options.url);
	const plain = protocol === 'http:' && hostname !== 'localhost';
	const browser = await chromium.launch({
		executablePath: chromiumPath,
		ignoreDefaultArgs: ['--mute-audio', '--hide-scrollbars'],
		args: [
			'--headless=new',
			'--auto-accept-this-tab-capture',
			'--autoplay-policy=no-user-gesture-required',
			'--disable-gpu',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
			...(plain ? [`--unsafely-treat-insecure-origin-as-secure=${origin}`] : []),
		],
	});
	let startedAt: Date | null = null;
	let dropped = false;
	const packager = startPackager(
		[
			...['-probesize', '200000', '-analyzeduration', '200000'],
			...['-f', 'webm', '-i', 'pipe:0', '-map', '0:v:0', '-map', '0:a:0?', '-c:v', 'copy'],
			...audioEncoding,
			...fragmentedOutput,
		],
		{
			onSegment(segment) {
				if (!dropped) options.onSegment(segment, startedAt ?? new Date());
			},
		},
	);
	let fail: (reason: string) => void = () => {};
	const failed = new Promise<{ ok: boolean; reason: string }>((resolve) => {
		fail = (reason) => resolve({ ok: false, reason });
	});
	const close = async () => {
		packager.kill();
		await closeBrowser(browser);
	};
	browser.once('disconnected', () => {
		packager.finish();
		fail('the browser ended');
	});

	try {
		const page = await browser.newPage({
			viewport: { width: pictureWidth, height: pictureHeight },
			locale: 'fr-FR',
			timezoneId: 'Europe/Paris',
		});
		page.once('crash', () => fail('the page crashed'));
		await page.exposeBinding('parvisEntry', () => options.entry());
		await page.exposeBinding('parvisChunk', (_source, base64: string) => {
			if (!dropped) packager.write(Buffer.from(base64, 'base64'));
		});
		await page.exposeBinding('parvisStarted', (_source, at: number) => {
			startedAt = new Date(at);
		});
		await page.exposeBinding('parvisEnded', (_source, reason: string) => fail(reason));
		const response = await page.goto(options.url, {
			waitUntil: 'domcontentloaded',
			timeout: readyMilliseconds,
		});
		if (!response?.ok()) throw new Error(`the broadcast page answered ${response?.status() ?? 'nothing'}`);
		await page.waitForSelector('[data-programme="ready"]', {
			state: 'attached',
			timeout: readyMilliseconds,
		});
		const capturing: Capturing = {
			width: pictureWidth,
			height: pictureHeight,
			frameRate: framesPerSecond,
			videoBitsPerSecond,
			keyFrameMilliseconds,
			chunkMilliseconds,
		};
		await page.evaluate(captureTab, capturing);
	} catch (error) {
		await close();
		throw error;
	}
	const ended = Promise.race([failed, packager.ended]).then(async (outcome) => {
		dropped = true;
		await close();
		return outcome;
	});
	return {
		ended,
		async stop() {
			// What the browser has given is still packed.
			packager.finish();
			await ended;
		},
		async kill() {
			dropped = true;
			packager.kill();
			await ended;
		},
	};
}

/** What the page's own code uses of a browser; this file is not compiled for one. */
interface PageGlobals {
	parvisChunk(base64: string): Promise<void>;
	parvisStarted(at: number): Promise<void>;
	parvisEnded(reason: string): Promise<void>;
	navigator: { mediaDevices: { getDisplayMedia(constraints: object): Promise<Stream> } };
	MediaRecorder: new (
		stream: Stream,
		options: object,
	) => {
		ondataavailable(event: { data: Blob }): void;
		onstart(): void;
		onerror(): void;
		start(sliceMilliseconds: number): void;
	};
}
interface Stream {
	getTracks(): { onended(): void }[];
}

/** Runs in the page, so it uses nothing of this file but types. */
async function captureTab(wanted: Capturing): Promise<void> {
	const page = globalThis as unknown as PageGlobals;
	const stream = await page.navigator.mediaDevices.getDisplayMedia({
		video: { width: wanted.width, height: wanted.height, frameRate: wanted.frameRate },
		audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 },
		preferCurrentTab: true,
	});
	const recorder = new page.MediaRecorder(stream, {
		mimeType: 'video/webm;codecs=h264,opus',
		videoBitsPerSecond: wanted.videoBitsPerSecond,
		audioBitsPerSecond: 96_000,
		videoKeyFrameIntervalDuration: wanted.keyFrameMilliseconds,
	});
	let chain = Promise.resolve();
	recorder.ondataavailable = ({ data }) => {
		chain = chain.then(async () => {
			const bytes = new Uint8Array(await data.arrayBuffer()) as Uint8Array & { toBase64(): string };
			await page.parvisChunk(bytes.toBase64());
		});
	};
	recorder.onstart = () => void page.parvisStarted(Date.now());
	recorder.onerror = () => void page.parvisEnded('the recording of the page failed');
	for (const track of stream.getTracks())
		track.onended = () => void page.parvisEnded('the capture of the page ended');
	recorder.start(wanted.chunkMilliseconds);
}

async function closeBrowser(browser: Browser): Promise<void> {
	await Promise.race([browser.close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 5000))]);
}
