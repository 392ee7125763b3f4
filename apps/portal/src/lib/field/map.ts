import type { Geometry } from '@parvis/town';

export interface Shape {
	layer: string;
	class: string | null;
	shape: Geometry;
}

const cacheName = 'parvis-terrain-carte';
const layers = ['water', 'green', 'buildings', 'streets'] as const;

async function read(response: Response, layer: string): Promise<Shape[]> {
	const { features } = (await response.json()) as {
		features: { properties: { class?: string }; geometry: Geometry }[];
	};
	return features.map(({ properties, geometry }) => ({
		layer,
		class: properties.class ?? null,
		shape: geometry,
	}));
}

/** One layer of the town's own drawing: as the phone kept it, fetched anew behind it; empty where neither can be. */
async function layer(name: string): Promise<Shape[]> {
	const url = `/api/v1/map/${name}`;
	const cache = 'caches' in window ? await caches.open(cacheName) : null;
	const kept = await cache?.match(url, { ignoreVary: true });
	const fresh = fetch(url, { signal: AbortSignal.timeout(30_000) }).then(async (response) => {
		if (!response.ok) return null;
		await cache?.put(url, response.clone());
		return response;
	});
	if (kept) {
		fresh.catch(() => {});
		return read(kept, name);
	}
	const response = await fresh.catch(() => null);
	return response ? read(response, name) : [];
}

let loaded: Promise<Shape[]> | null = null;

/** What is drawn under a round: the town's own vector layers, kept on the phone for when there is no network. */
export function loadShapes(): Promise<Shape[]> {
	loaded ??= Promise.all(layers.map(layer)).then((parts) => parts.flat());
	return loaded;
}
