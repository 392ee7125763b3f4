import { newActionId } from './id.ts';
import type { ActionBody, KeptAction, KeptPhoto, Store } from './store.ts';

/** Tell every page of this phone that the store changed: they listen on the channel of its name. */
export function tellPages({ name }: Store): void {
	const channel = new BroadcastChannel(name);
	channel.postMessage('changed');
	channel.close();
}

/**
 * Keep what was done, with its photos, all or nothing: once this resolves it survives the page, the browser and the battery.
 * @throws QuotaExceededError when the phone is full; then nothing was kept
 */
export async function keep(
	store: Store,
	person: { id: string; name: string },
	body: ActionBody,
	label: string,
	photos: readonly Blob[] = [],
	now = Date.now(),
): Promise<KeptAction> {
	const photoIds = photos.map(() => newActionId(now));
	const action: KeptAction = {
		id: newActionId(now),
		personId: person.id,
		personName: person.name,
		at: new Date(now).toISOString(),
		body: photoIds.length ? { ...body, photoIds } : body,
		label,
		state: 'waiting',
	};
	const write = store.transaction(['actions', 'photos'], 'readwrite', { durability: 'strict' });
	await Promise.all([
		write.objectStore('actions').add(action),
		...photos.map((content, n) =>
			write
				.objectStore('photos')
				.add({ id: photoIds[n] ?? '', actionId: action.id, personId: person.id, content, state: 'waiting' }),
		),
		write.done,
	]);
	tellPages(store);
	return action;
}

/** One person's actions, oldest first. */
export function actionsOf(store: Store, personId: string): Promise<KeptAction[]> {
	return store.getAllFromIndex('actions', 'person', personId);
}

/** How many actions of others wait on this phone, by name: they go when these people sign in. */
export async function waitingOfOthers(
	store: Store,
	personId: string | null,
): Promise<{ name: string; count: number }[]> {
	const counts = new Map<string, { name: string; count: number }>();
	for (const action of await store.getAll('actions')) {
		if (action.personId === personId || action.state !== 'waiting') continue;
		const entry = counts.get(action.personId) ?? { name: action.personName, count: 0 };
		counts.set(action.personId, { ...entry, count: entry.count + 1 });
	}
	return [...counts.values()];
}

/** How long an action may be taken back before it is first sent: a glove presses the wrong button. */
const graceMilliseconds = 5_000;

/** Milliseconds until an action may be sent. */
export function graceLeft({ at, tried }: KeptAction, now = Date.now()): number {
	const age = now - Date.parse(at);
	// A clock that was set back holds nothing up.
	return tried || age < 0 ? 0 : Math.max(0, graceMilliseconds - age);
}

/** Change an action. */
export async function settle(store: Store, action: KeptAction): Promise<void> {
	await store.put('actions', action);
}

export async function photosOf(store: Store, actionId: string): Promise<KeptPhoto[]> {
	return (await store.getAllFromIndex('photos', 'action', actionId)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Forget actions that were read, or that the day now contains, with their photos. */
export async function forget(store: Store, which: (action: KeptAction) => boolean): Promise<void> {
	const write = store.transaction(['actions', 'photos'], 'readwrite');
	for await (const cursor of write.objectStore('actions')) {
		if (!which(cursor.value)) continue;
		for await (const photo of write.objectStore('photos').index('action').iterate(cursor.value.id))
			await photo.delete();
		await cursor.delete();
	}
	await write.done;
}
