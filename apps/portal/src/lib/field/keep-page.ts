import type { PhoneApp } from './apps.ts';

/** Have the page that is open kept on the phone, in its language, with all that it loaded. @throws where this browser will not */
export async function keepPage({ path }: PhoneApp): Promise<void> {
	const script = `/service-worker.js?lang=${document.documentElement.lang}`;
	const registration = await navigator.serviceWorker?.register(script, { scope: path });
	if (!registration) return;
	const { active } = await navigator.serviceWorker.ready;
	const assets = performance
		.getEntriesByType('resource')
		.map(({ name }) => new URL(name))
		.filter(({ origin, pathname }) => origin === location.origin && !pathname.startsWith('/api/'))
		.map(({ pathname, search }) => pathname + search);
	active?.postMessage({ assets });
}
