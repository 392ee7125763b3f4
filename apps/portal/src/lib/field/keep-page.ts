import type { PhoneApp } from './apps.ts';

/** Have the page that is open kept on the phone with all that it loaded. @throws where this browser will not */
export async function keepPage({ path }: PhoneApp): Promise<void> {
	const registration = await navigator.serviceWorker?.register('/service-worker.js', { scope: path });
	if (!registration) return;
	const { active } = await navigator.serviceWorker.ready;
	const assets = performance
		.getEntriesByType('resource')
		.map(({ name }) => new URL(name))
		.filter(({ origin, pathname }) => origin === location.origin && !pathname.startsWith('/api/'))
		.map(({ pathname, search }) => pathname + search);
	active?.postMessage({ assets });
}
