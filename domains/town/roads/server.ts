import type { Platform } from '@parvis/platform';
import type { Position } from '../geometry.ts';
import type { RoadMatrix, RoadOptions, RoadRoute } from './face.ts';
import { osrm } from './osrm.ts';
import { type Ask, RoadServerError } from './road-server.ts';
import { valhalla } from './valhalla.ts';

const requestMilliseconds = 10_000;
const mostAnswerBytes = 64 * 1024 * 1024;
/** After a failure the server is left alone so long. */
const restMilliseconds = 30_000;

export interface AskedServer {
	kind: 'valhalla' | 'osrm';
	url: string;
	failedAt(): Date | null;
	/** Null: it does not answer for this vehicle, or is away. */
	matrix(points: readonly Position[], options: RoadOptions): Promise<RoadMatrix | null>;
	route(points: readonly Position[], options: RoadOptions): Promise<RoadRoute | null>;
}

/** The server of ROADS_URL; null where none is configured. */
export function createRoadServer(platform: Platform): AskedServer | null {
	const { roads } = platform.config;
	if (!roads) return null;
	const server = roads.provider === 'osrm' ? osrm : valhalla;
	let failedAt: Date | null = null;

	const ask: Ask = async (path, body) => {
		const response = await fetch(`${roads.url}${path}`, {
			...(body !== undefined && {
				method: 'POST',
				body: JSON.stringify(body),
				headers: { 'content-type': 'application/json' },
			}),
			redirect: 'error',
			signal: AbortSignal.timeout(requestMilliseconds),
		});
		if (response.status !== 200 && response.status !== 400)
			throw new RoadServerError(`answered ${response.status}`);
		let text = '';
		const decoder = new TextDecoder();
		for await (const chunk of response.body ?? []) {
			text += decoder.decode(chunk, { stream: true });
			if (text.length > mostAnswerBytes) throw new RoadServerError('answered without end');
		}
		return { status: response.status, json: JSON.parse(text) as unknown };
	};

	/** Null instead of any failure, told once until it answers again. */
	async function asking<T>(options: RoadOptions, work: () => Promise<T>): Promise<T | null> {
		if (!server.answers(options)) return null;
		if (failedAt && Date.now() - failedAt.getTime() < restMilliseconds) return null;
		try {
			const answer = await work();
			if (failedAt) platform.log.info({ url: roads?.url }, 'the routing server answers again');
			failedAt = null;
			return answer;
		} catch (error) {
			if (!failedAt)
				platform.log.warn({ err: error, url: roads?.url }, 'the routing server fails: using our own roads');
			failedAt = new Date();
			return null;
		}
	}

	return {
		kind: roads.provider,
		url: roads.url,
		failedAt: () => failedAt,
		matrix: (points, options) =>
			asking(options, async () => {
				const n = points.length;
				const meters = new Float64Array(n * n).fill(Infinity);
				const seconds = new Float64Array(n * n).fill(Infinity);
				for (let fromStart = 0; fromStart < n; fromStart += server.chunk)
					for (let toStart = 0; toStart < n; toStart += server.chunk) {
						const from = points.slice(fromStart, fromStart + server.chunk);
						const to = points.slice(toStart, toStart + server.chunk);
						const legs = await server.legs(ask, from, to, options);
						for (const [i, row] of legs.entries())
							for (const [j, leg] of row.entries()) {
								const at = (fromStart + i) * n + toStart + j;
								meters[at] = leg.meters;
								seconds[at] = leg.seconds;
							}
					}
				for (let i = 0; i < n; i++) meters[i * n + i] = seconds[i * n + i] = 0;
				return { meters, seconds, provider: server.kind };
			}),
		route: (points, options) =>
			asking(options, async () => ({ ...(await server.route(ask, points, options)), provider: server.kind })),
	};
}
