import { appOf } from './apps.ts';
import { actionsOf, forget, graceLeft, photosOf, settle, tellPages } from './outbox.ts';
import { deviceId, type KeptAction, type KeptPhoto, readFact, type Store, writeFact } from './store.ts';

/** How sending ended: all done; no network or a server that cannot now; to sign in first; another person has signed in. */
export type Sending =
	| 'done'
	| 'unreachable'
	| 'signed_out'
	| 'second_factor'
	| 'other_person'
	| 'not_allowed'
	| 'busy';

const lockOf = ({ name }: Store) => `${name}-envoi`;
const mostAtOnce = 50;
const mostPositions = 500;
const patience = () => AbortSignal.timeout(30_000);
const photoPatience = () => AbortSignal.timeout(120_000);

interface Answer {
	id: string;
	outcome: 'accepted' | 'already' | 'conflict' | 'refused' | 'later';
	message?: string;
	conflict?: KeptAction['conflict'];
	interventionId?: string;
}

/** What a refusal of the whole request means. */
async function ended(response: Response): Promise<Sending> {
	if (response.status === 401) {
		const problem = (await response.json().catch(() => ({}))) as { type?: string };
		return problem.type === 'identity.second_factor_needed' ? 'second_factor' : 'signed_out';
	}
	if (response.status === 403) return 'not_allowed';
	return response.status === 409 ? 'other_person' : 'unreachable';
}

/** Photos of an intervention go before its action, for those who reported it are shown them by it; others may come late. */
const photosFirst = ({ body }: KeptAction) => body.on === 'intervention';

/**
 * Send what waits, oldest first. One page or worker of this phone sends at a time. Whatever happens on the way, what was
 * not answered still waits.
 */
export async function send(store: Store, personId: string): Promise<Sending> {
	if (!('locks' in navigator)) return sendAll(store, personId);
	return navigator.locks.request(lockOf(store), { ifAvailable: true }, (lock) =>
		lock ? sendAll(store, personId) : Promise.resolve<Sending>('busy'),
	);
}

/** Take back what was never sent. @returns false when it may have arrived already */
export async function undo(store: Store, id: string): Promise<boolean> {
	const take = async () => {
		const action = await store.getFromIndex('actions', 'id', id);
		if (action?.state !== 'waiting' || action.tried) return false;
		await forget(store, (other) => other.id === id);
		return true;
	};
	return 'locks' in navigator ? navigator.locks.request(lockOf(store), take) : take();
}

async function sendAll(store: Store, personId: string): Promise<Sending> {
	try {
		for (;;) {
			const all = (await actionsOf(store, personId)).filter(({ state }) => state === 'waiting');
			// In order: what may still be taken back holds what came after it.
			const held = all.findIndex((action) => graceLeft(action) > 0);
			const waiting = held < 0 ? all : all.slice(0, held);
			if (!waiting.length) break;
			const { result, progress } = await sendActions(store, personId, await nextBatch(store, waiting));
			if (result !== 'done') return result;
			if (!progress) return 'unreachable';
		}
		const late = await sendLatePhotos(store, personId);
		if (late !== 'done') return late;
		const positions = await sendPositions(store, personId);
		if (positions === 'done') await writeFact(store, 'lastSync', Date.now());
		return positions;
	} catch (error) {
		// No network, or a server that answers too late. A fault of our own is not hidden.
		if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return 'unreachable';
		throw error;
	} finally {
		tellPages(store);
	}
}

/** From the oldest on, up to the next one whose photos have to go before it. */
async function nextBatch(store: Store, waiting: readonly KeptAction[]): Promise<KeptAction[]> {
	const withPhotos = new Set(
		(await store.getAll('photos')).filter(({ state }) => state === 'waiting').map(({ actionId }) => actionId),
	);
	const end = waiting.findIndex((action, n) => n > 0 && photosFirst(action) && withPhotos.has(action.id));
	return waiting.slice(0, Math.min(mostAtOnce, end < 0 ? waiting.length : end));
}

async function sendActions(
	store: Store,
	personId: string,
	actions: readonly KeptAction[],
): Promise<{ result: Sending; progress: boolean }> {
	const [first] = actions;
	if (first && photosFirst(first)) {
		const result = await sendPhotos(store, first);
		if (result !== 'done') return { result, progress: false };
	}
	const refused = new Set(
		(await store.getAll('photos')).filter(({ state }) => state === 'refused').map(({ id }) => id),
	);
	for (const action of actions) if (!action.tried) await settle(store, { ...action, tried: true });
	const response = await fetch(appOf(store).sync, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			personId,
			deviceId: await deviceId(store),
			sentAt: new Date().toISOString(),
			actions: actions.map(({ id, at, body }) => ({
				id,
				at,
				...body,
				...(body.photoIds && { photoIds: body.photoIds.filter((photo) => !refused.has(photo)) }),
			})),
		}),
		signal: patience(),
	});
	if ([400, 413].includes(response.status)) {
		// One of them cannot be taken at all: found by sending each alone, and told of, it holds up no other.
		if (first && actions.length > 1) return sendActions(store, personId, [first]);
		const problem = (await response.json().catch(() => ({}))) as { detail?: string };
		if (first)
			await settle(store, { ...first, tried: true, state: 'refused', message: problem.detail ?? '' });
		return { result: 'done', progress: true };
	}
	if (!response.ok) return { result: await ended(response), progress: false };
	const { answers } = (await response.json()) as { answers: Answer[] };
	const byId = new Map(answers.map((answer) => [answer.id, answer]));
	let progress = false;
	for (const action of actions) {
		const answer = byId.get(action.id);
		if (!answer || answer.outcome === 'later') continue;
		progress = true;
		await settle(store, {
			...action,
			tried: true,
			state: answer.outcome === 'already' ? 'accepted' : answer.outcome,
			answeredAt: Date.now(),
			...(answer.message && { message: answer.message }),
			...(answer.conflict && { conflict: answer.conflict }),
			...(answer.interventionId && { interventionId: answer.interventionId }),
		});
	}
	return { result: 'done', progress };
}

/** What a photo is of, as the server is told. */
function subjectOf({ id, body }: KeptAction, photo: KeptPhoto): Record<string, string> {
	switch (body.on) {
		case 'round':
			return { on: 'round', subject: body.roundId, ...(body.stopId && { stop: body.stopId }) };
		case 'intervention':
			return { on: 'intervention', subject: body.interventionId };
		case 'finding':
			return { on: 'finding', subject: id };
		case 'receipt':
			return { subject: photo.lineId ?? '' };
	}
}

/** The photos of one action, one by one: a lost connection costs one of them at most. */
async function sendPhotos(store: Store, action: KeptAction): Promise<Sending> {
	for (const photo of await photosOf(store, action.id)) {
		if (photo.state !== 'waiting') continue;
		const query = new URLSearchParams({ person: action.personId, ...subjectOf(action, photo) });
		const response = await fetch(`${appOf(store).photos}/${photo.id}?${query}`, {
			method: 'POST',
			headers: { 'content-type': photo.content.type || 'image/jpeg' },
			body: photo.content,
			signal: photoPatience(),
		});
		if (response.ok) await store.put('photos', { ...photo, state: 'sent' });
		else if ([400, 403, 404, 413, 415].includes(response.status)) {
			// It will never be taken: the action goes without it, the picture stays on the phone and says why.
			const problem = (await response.json().catch(() => ({}))) as { detail?: string };
			await store.put('photos', {
				...photo,
				state: 'refused',
				...(problem.detail && { message: problem.detail }),
			});
		} else return ended(response);
	}
	return 'done';
}

async function sendLatePhotos(store: Store, personId: string): Promise<Sending> {
	for (const action of await actionsOf(store, personId)) {
		if (photosFirst(action) || (action.state !== 'accepted' && action.state !== 'conflict')) continue;
		const result = await sendPhotos(store, action);
		if (result !== 'done') return result;
	}
	return 'done';
}

async function sendPositions(store: Store, personId: string): Promise<Sending> {
	const own = (await store.getAll('positions')).filter((entry) => entry.personId === personId);
	for (const roundId of new Set(own.map((entry) => entry.roundId))) {
		const entries = own.filter((entry) => entry.roundId === roundId);
		for (let n = 0; n < entries.length; n += mostPositions) {
			const part = entries.slice(n, n + mostPositions);
			const response = await fetch(`/api/v1/field/rounds/${roundId}/positions`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({
					positions: part.map(({ order: _, personId: __, roundId: ___, ...reading }) => reading),
				}),
				signal: patience(),
			});
			// A round that is not this driver's takes no position, now or later.
			if (!response.ok && ![400, 403, 404].includes(response.status)) return ended(response);
			const write = store.transaction('positions', 'readwrite');
			for (const { order } of part) if (order !== undefined) await write.store.delete(order);
			await write.done;
		}
	}
	return 'done';
}

/** What is done with, once a day that contains it has been read: its photos are there, or will never be. */
export async function forgetArrived(store: Store, personId: string, readSince: number): Promise<void> {
	const unsent = new Set(
		(await store.getAll('photos')).filter(({ state }) => state === 'waiting').map(({ actionId }) => actionId),
	);
	await forget(
		store,
		({ id, personId: owner, state, answeredAt = Number.POSITIVE_INFINITY }) =>
			owner === personId && state === 'accepted' && answeredAt < readSince && !unsent.has(id),
	);
}

export const lastPerson = (store: Store) => readFact(store, 'person');
