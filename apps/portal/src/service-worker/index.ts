import { appAt, terrain } from '#lib/field/apps.ts';
import { actionsOf, graceLeft } from '#lib/field/outbox.ts';
import { lastPerson, send } from '#lib/field/send.ts';
import { keepAssets, refreshShell, shellCache, whoever } from '#lib/field/shell.ts';
import { openStore } from '#lib/field/store.ts';

/** Only for the programs of agents' phones, which open without the network. Registered by their pages, each for its own scope. */
const worker = self as unknown as ServiceWorkerGlobalScope;
const app = appAt(new URL(worker.registration.scope).pathname) ?? terrain;
const refresh = () => refreshShell(app, new URL(worker.location.href).searchParams.get('lang') ?? 'fr');

worker.addEventListener('install', (event) => {
	event.waitUntil(refresh().then(() => worker.skipWaiting()));
});
worker.addEventListener('activate', (event) => {
	event.waitUntil(worker.clients.claim());
});

const isShell = (url: URL) => appAt(url.pathname) === app;

async function document(request: Request, keptAlive: (work: Promise<unknown>) => void): Promise<Response> {
	const kept = await caches.match(app.path, { ...whoever, cacheName: shellCache(app) });
	if (!kept) return fetch(request);
	// At once from the phone; what is new is fetched behind it, for the next time.
	keptAlive(refresh().catch(() => {}));
	return kept;
}

async function asset(request: Request): Promise<Response> {
	return (await caches.match(request, { ...whoever, cacheName: shellCache(app) })) ?? fetch(request);
}

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
	if (request.mode === 'navigate') {
		// Another language is another document; its page then has a worker of that language keep it.
		if (isShell(url) && !url.searchParams.has('lang'))
			event.respondWith(document(request, (work) => event.waitUntil(work)));
	} else if (!url.pathname.startsWith('/api/')) event.respondWith(asset(request));
});

worker.addEventListener('message', (event) => {
	const { assets } = event.data as { assets?: string[] };
	if (assets) event.waitUntil(keepAssets(app, assets));
});

async function sendWhatWaits(): Promise<void> {
	const store = await openStore(app.name);
	try {
		const person = await lastPerson(store);
		if (!person) return;
		// What may still be taken back is given its seconds, though the page may be closed by then.
		const left = (await actionsOf(store, person.id)).map((action) => graceLeft(action));
		await new Promise((resolve) => setTimeout(resolve, Math.max(0, ...left)));
		const ended = await send(store, person.id);
		// Rejected, the browser tries again later.
		if (ended === 'unreachable') throw new Error(ended);
	} finally {
		store.close();
	}
}
// Not in the types of TypeScript: https://wicg.github.io/background-sync/spec/
worker.addEventListener('sync' as 'message', (event) => {
	(event as ExtendableEvent).waitUntil(sendWhatWaits());
});
