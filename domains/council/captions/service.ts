import { createListening, type Role } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Meetings } from '../face.ts';
import { createCaptioner } from './captioner.ts';
import { createCaptions } from './captions.ts';
import type { Captions } from './face.ts';
import { configuredTranscriber } from './providers/configured.ts';
import { meetingsToCaption } from './recorded.ts';
import { TranscriptionError } from './transcriber.ts';

const lookMilliseconds = 1000;
const mostLive = 4;
const firstRetryMilliseconds = 10_000;
const lastRetryMilliseconds = 10 * 60_000;

export interface CaptionService {
	captions: Captions;
	start(roles: ReadonlySet<Role>): Promise<void>;
	stop(): Promise<void>;
}

/** What is said in meetings; processes with the role `worker` keep an eye on what is recorded and have it put in words. */
export function createCaptionService(context: Context, meetings: Pick<Meetings, 'get'>): CaptionService {
	const { log, pool, config } = context.platform;
	const transcriber = configuredTranscriber(config);
	const captioner = transcriber && createCaptioner(context, transcriber, config.transcriptionLanguage);
	const { refresh, ...captions } = createCaptions(context, meetings, {
		provider: transcriber?.name ?? null,
		captioner,
	});
	const listening = createListening(pool, 'council_captions', refresh, () => refresh(null));
	const stopping = new AbortController();
	const running = new Map<string, { live: boolean; done: Promise<void> }>();
	const waiting = new Map<string, { until: number; failures: number }>();
	let timer: NodeJS.Timeout | null = null;
	let looking: Promise<void> | null = null;
	let anyLive = false;

	async function work(meetingId: string, live: boolean): Promise<void> {
		try {
			// What is held now goes first.
			await captioner?.advance(meetingId, stopping.signal, () => live || !anyLive);
			waiting.delete(meetingId);
		} catch (error) {
			const failures = (waiting.get(meetingId)?.failures ?? 0) + 1;
			const longest = live ? firstRetryMilliseconds : lastRetryMilliseconds;
			const pause = Math.min(firstRetryMilliseconds * 2 ** (failures - 1), longest);
			waiting.set(meetingId, { until: Date.now() + pause, failures });
			const reason = (error as Error).message;
			if (error instanceof TranscriptionError)
				log.warn({ meetingId, reason }, 'captions: the provider fails');
			else log.error({ err: error, meetingId }, 'captions failed');
		} finally {
			running.delete(meetingId);
		}
	}

	async function look(): Promise<void> {
		const wanted = await meetingsToCaption(context.db).catch(() => []);
		anyLive = wanted.some(({ live }) => live);
		for (const { id, live } of wanted) {
			if (stopping.signal.aborted) return;
			if (running.has(id) || (waiting.get(id)?.until ?? 0) > Date.now()) continue;
			const room = live ? mostLive : anyLive ? 0 : 1;
			if ([...running.values()].filter((one) => one.live === live).length >= room) continue;
			running.set(id, { live, done: Promise.resolve().then(() => work(id, live)) });
		}
	}

	const tick = () => {
		looking = look().finally(() => {
			if (!stopping.signal.aborted) timer = setTimeout(tick, lookMilliseconds).unref();
		});
	};

	return {
		captions,
		async start(roles) {
			await listening.start();
			if (captioner && roles.has('worker')) tick();
		},
		async stop() {
			await listening.stop();
			stopping.abort();
			if (timer) clearTimeout(timer);
			await looking;
			await Promise.all([...running.values()].map(({ done }) => done));
			await transcriber?.close();
		},
	};
}
