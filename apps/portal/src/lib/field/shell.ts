import type { PhoneApp } from './apps.ts';

/** Where the document of a program and all it needs are kept for when there is no network. */
export const shellCache = ({ name }: PhoneApp): string => `${name}-page`;
/** The page is the same for everybody, though its answers vary by cookie as all pages do. */
export const whoever = { ignoreVary: true } as const;

/** Files a document names: scripts, styles, icons of our own site. */
export function assetsOf(html: string): string[] {
	const found = html.matchAll(/(?:href|src)="(\/(?:_app|couleurs\.css|favicon|pavage)[^"]*)"/g);
	const imported = html.matchAll(/import\("(\/_app[^"]*)"\)/g);
	return [...new Set([...found, ...imported].map(([, path]) => (path ?? '').replaceAll('&amp;', '&')))];
}

/**
 * Fetch the document anew and keep it once all that it names is kept too: what is there is always whole.
 * Nothing changes where the town does not answer with the page itself, as when the session is over.
 * @param language of the page that asked; the worker's own may be another one
 */
export async function refreshShell(app: PhoneApp, language: string): Promise<void> {
	const response = await fetch(app.path, {
		headers: { 'accept-language': language },
		redirect: 'manual',
		cache: 'no-cache',
	});
	if (response.status !== 200 || response.redirected) return;
	const html = await response.clone().text();
	const assets = assetsOf(html);
	const cache = await caches.open(shellCache(app));
	const missing: string[] = [];
	for (const path of assets) if (!(await cache.match(path, whoever))) missing.push(path);
	await cache.addAll(missing);
	await cache.put(app.path, response);
}

/** Keep what a page really loaded, some of which the document does not name; of older files nothing stays. */
export async function keepAssets(app: PhoneApp, paths: readonly string[]): Promise<void> {
	const cache = await caches.open(shellCache(app));
	for (const path of paths) if (!(await cache.match(path, whoever))) await cache.add(path).catch(() => {});
	const shell = await cache.match(app.path, whoever);
	const needed = new Set([...paths, ...assetsOf((await shell?.text()) ?? '')]);
	for (const { url } of await cache.keys()) {
		const { pathname, search } = new URL(url);
		if (pathname.startsWith('/_app/') && !needed.has(pathname + search)) await cache.delete(url);
	}
}
