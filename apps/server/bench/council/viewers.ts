import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** What many simulated players of one live saw. */
export interface Viewing {
	players: number;
	requests: number;
	failed: number;
	megabytes: number;
	/** How often a player had nothing left to play. */
	stalls: number;
	/** Players that stalled at least once. */
	stalled: number;
	/** Seconds all of them waited together, without the start. */
	stalledSeconds: number;
	/** Milliseconds to the whole segment, median and 99th percentile. */
	segmentP50: number;
	segmentP99: number;
	/** Seconds until the first picture could play, 99th percentile. */
	startP99: number;
}

/** Segments behind the newest at which a player begins, as hls.js does. */
const segmentsBehind = 3;

export interface Watch {
	/** The master playlist; its best variant is watched. */
	master: string;
	players: number;
	seconds: number;
}

/** The variant of a master playlist that takes the most: the picture, not the sound alone. */
function bestVariant(text: string): string {
	const variants = [...text.matchAll(/^#EXT-X-STREAM-INF:.*?BANDWIDTH=(\d+).*\n(.+)$/gm)].map(
		([, bandwidth, url]) => ({ bandwidth: Number(bandwidth), url: url ?? '' }),
	);
	return variants.sort((a, b) => b.bandwidth - a.bandwidth)[0]?.url ?? '';
}

/** One media playlist: its segments in order, how long it may be kept. */
function parsePlaylist(
	text: string,
	url: string,
): { target: number; segments: { url: string; seconds: number }[] } {
	const segments: { url: string; seconds: number }[] = [];
	let seconds = 0;
	let target = 2;
	for (const line of text.split('\n')) {
		if (line.startsWith('#EXTINF:')) seconds = Number.parseFloat(line.slice(8));
		else if (line.startsWith('#EXT-X-TARGETDURATION:')) target = Number(line.slice(22));
		else if (line && !line.startsWith('#')) segments.push({ url: new URL(line, url).href, seconds });
	}
	return { target, segments };
}

async function watch({ master, players, seconds }: Watch): Promise<Viewing> {
	const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
	const until = performance.now() + seconds * 1000;
	const variant = bestVariant(await (await fetch(master)).text());
	const playlist = new URL(variant, master).href;
	const times: number[] = [];
	const starts: number[] = [];
	const total = { requests: 0, failed: 0, bytes: 0, stalls: 0, stalled: 0, stalledSeconds: 0 };

	const load = (url: string, text: boolean) =>
		new Promise<string | null>((resolve) => {
			total.requests++;
			const request = get(url, { agent, headers: { 'accept-encoding': 'identity' } }, (response) => {
				const parts: Buffer[] = [];
				response.on('data', (part: Buffer) => {
					total.bytes += part.length;
					if (text) parts.push(part);
				});
				response.on('end', () => {
					if (response.statusCode !== 200) total.failed++;
					resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : null);
				});
				response.on('error', () => resolve(null));
			});
			request.on('error', () => {
				total.failed++;
				resolve(null);
			});
		});
	const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

	async function play(): Promise<void> {
		const born = performance.now();
		const seen = new Set<string>();
		/** When the player runs dry; null until it has begun. */
		let dryAt: number | null = null;
		let stalledOnce = false;
		while (performance.now() < until) {
			const asked = performance.now();
			const text = await load(playlist, true);
			const { target, segments } = parsePlaylist(text ?? '', playlist);
			const fresh = (seen.size ? segments : segments.slice(-segmentsBehind)).filter(
				({ url }) => !seen.has(url),
			);
			if (!seen.size) for (const { url } of segments) seen.add(url);
			for (const segment of fresh) {
				if (performance.now() >= until) break;
				const begun = performance.now();
				if ((await load(segment.url, false)) === null) continue;
				seen.add(segment.url);
				const now = performance.now();
				times.push(now - begun);
				if (dryAt === null) {
					starts.push((now - born) / 1000);
					dryAt = now;
				} else if (now > dryAt) {
					total.stalls++;
					total.stalledSeconds += (now - dryAt) / 1000;
					stalledOnce = true;
					dryAt = now;
				}
				dryAt += segment.seconds * 1000;
			}
			// The playlist is asked for again after a target duration, sooner when nothing was new (RFC 8216, 6.3.4).
			const wait = (fresh.length ? target : target / 2) * 1000 - (performance.now() - asked);
			if (wait > 0) await sleep(Math.min(wait, Math.max(0, until - performance.now())));
		}
		if (stalledOnce) total.stalled++;
	}

	await Promise.all(
		Array.from({ length: players }, async (_, n) => {
			// People do not come all at the same instant.
			await sleep((n / players) * 4000);
			await play();
		}),
	);
	agent.destroy();
	const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
	times.sort((a, b) => a - b);
	starts.sort((a, b) => a - b);
	return {
		players,
		requests: total.requests,
		failed: total.failed,
		megabytes: total.bytes / 1e6,
		stalls: total.stalls,
		stalled: total.stalled,
		stalledSeconds: total.stalledSeconds,
		segmentP50: at(times, 0.5),
		segmentP99: at(times, 0.99),
		startP99: at(starts, 0.99),
	};
}

if (parentPort) parentPort.postMessage(await watch(workerData as Watch));
