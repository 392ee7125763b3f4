import type { PhoneApp } from './apps.ts';
import { actionsOf, forget, graceLeft, keep, photosOf, settle, waitingOfOthers } from './outbox.ts';
import { forgetArrived, lastPerson, type Sending, send, undo } from './send.ts';
import {
	type ActionBody,
	type KeptAction,
	type KeptDay,
	openStore,
	readFact,
	type Store,
	writeFact,
} from './store.ts';

/** How often the town is asked again while somebody looks at the page. */
const snapshotMilliseconds = 45_000;
const shortestRetry = 3_000;
const longestRetry = 300_000;
/** How long the offer to take something back stays. */
const undoMilliseconds = 8_000;

export type Link = 'starting' | 'sending' | Sending;

/**
 * A program on an agent's phone: what the town last told, what waits to be sent, and how it stands with the town.
 * `Snapshot` is what the town tells; it says whose it is.
 */
export abstract class PhoneCore<Snapshot extends { person: { id: string; name: string } }> {
	abstract readonly app: PhoneApp;

	/** Null until the store is open; it stays so where the browser keeps nothing. */
	store = $state.raw<Store | null>(null);
	problem = $state<'no_store' | 'phone_full' | null>(null);
	person = $state.raw<{ id: string; name: string } | null>(null);
	kept = $state.raw<KeptDay | null>(null);
	actions = $state.raw<KeptAction[]>([]);
	refusedPhotos = $state.raw<{ label: string; message: string }[]>([]);
	others = $state.raw<{ name: string; count: number }[]>([]);
	link = $state<Link>('starting');
	lastSync = $state<number | null>(null);
	/** What was just done, as long as it can be taken back by one touch. */
	justDone = $state.raw<KeptAction | null>(null);

	waiting = $derived(this.actions.filter(({ state }) => state === 'waiting'));
	toRead = $derived(this.actions.filter(({ state }) => state === 'conflict' || state === 'refused'));

	#running = false;
	#again = false;
	#reading: Promise<void> | null = null;
	#stale = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#retry = shortestRetry;
	#ended = false;

	/** Where the town is asked. */
	protected abstract snapshotPath(store: Store): Promise<string>;
	/** The town told something new. @param known what it told this person before */
	protected async took(_store: Store, _fresh: Snapshot, _known: Snapshot | null): Promise<void> {}
	/** The store was read again. */
	protected async reloaded(_store: Store | null): Promise<void> {}
	/** The program ends. */
	protected stopped(): void {}

	/** Open the store, show what is there, and begin to speak with the town. @returns a function that ends it */
	start(): () => void {
		const channel = 'BroadcastChannel' in window ? new BroadcastChannel(this.app.name) : null;
		const wake = () => void this.cycle();
		const seen = () => {
			if (document.visibilityState === 'visible') wake();
		};
		channel?.addEventListener('message', () => void this.reload());
		addEventListener('online', wake);
		document.addEventListener('visibilitychange', seen);
		void this.#open();
		return () => {
			this.#ended = true;
			clearTimeout(this.#timer);
			this.stopped();
			channel?.close();
			removeEventListener('online', wake);
			document.removeEventListener('visibilitychange', seen);
			this.store?.close();
		};
	}

	async #open(): Promise<void> {
		try {
			this.store = await openStore(this.app.name);
		} catch {
			this.problem = 'no_store';
			return;
		}
		// Asked once: the browser may then not throw the outbox away when the phone is short of space.
		void navigator.storage?.persist?.();
		this.person = (await lastPerson(this.store)) ?? null;
		await this.reload();
		await this.cycle();
	}

	/** Read again what the store holds, one reading at a time: an older one never covers a newer one. */
	reload(): Promise<void> {
		this.#stale = true;
		this.#reading ??= this.#readWhileStale().finally(() => {
			this.#reading = null;
		});
		return this.#reading;
	}

	async #readWhileStale(): Promise<void> {
		while (this.#stale) {
			this.#stale = false;
			await this.#readStore();
		}
	}

	async #readStore(): Promise<void> {
		const { store, person } = this;
		if (!store) return;
		const [actions, kept, others, lastSync] = await Promise.all([
			person ? actionsOf(store, person.id) : [],
			person ? store.get('days', person.id) : undefined,
			waitingOfOthers(store, person?.id ?? null),
			readFact(store, 'lastSync'),
		]);
		const refused: { label: string; message: string }[] = [];
		for (const action of actions)
			for (const photo of await photosOf(store, action.id))
				if (photo.state === 'refused') refused.push({ label: action.label, message: photo.message ?? '' });
		this.refusedPhotos = refused;
		this.actions = actions;
		const { justDone } = this;
		// What was done while this was read is in the next reading.
		if (
			justDone &&
			!this.#stale &&
			!actions.some(({ id, state, tried }) => id === justDone.id && state === 'waiting' && !tried)
		)
			this.justDone = null;
		this.kept = kept ?? null;
		this.others = others;
		this.lastSync = lastSync ?? null;
		await this.reloaded(store);
	}

	/** Send what waits, read the day again, and come back later. */
	async cycle(): Promise<void> {
		if (this.#running) {
			this.#again = true;
			return;
		}
		const { store } = this;
		if (!store || this.#ended) return;
		this.#running = true;
		clearTimeout(this.#timer);
		try {
			do {
				this.#again = false;
				let link: Link = 'done';
				if (this.person) {
					if (this.waiting.length) this.link = 'sending';
					link = await send(store, this.person.id);
				}
				const read = await this.#readSnapshot(store);
				// Another page of this phone sends: how it stands is known by the day.
				this.link = link === 'done' || link === 'busy' || link === 'other_person' ? read : link;
				await this.reload();
			} while (this.#again);
		} finally {
			this.#running = false;
			this.#comeBack();
		}
	}

	#comeBack(): void {
		const unsent = this.waiting.length > 0 && this.link === 'unreachable';
		this.#retry = unsent ? Math.min(this.#retry * 2, longestRetry) : shortestRetry;
		const [held] = this.waiting.map((action) => graceLeft(action)).filter((left) => left > 0);
		const pause = Math.min(unsent ? this.#retry : snapshotMilliseconds, held ?? Number.POSITIVE_INFINITY);
		if (!this.#ended) this.#timer = setTimeout(() => void this.cycle(), pause);
	}

	async #readSnapshot(store: Store): Promise<Link> {
		const startedAt = Date.now();
		const known = this.person ? await store.get('days', this.person.id) : undefined;
		try {
			const response = await fetch(await this.snapshotPath(store), {
				headers: known ? { 'if-none-match': known.etag } : {},
				cache: 'no-store',
				signal: AbortSignal.timeout(20_000),
			});
			if (response.status === 401) {
				const { type } = (await response.json()) as { type?: string };
				return type === 'identity.second_factor_needed' ? 'second_factor' : 'signed_out';
			}
			if (response.status === 403) return 'not_allowed';
			if (response.status !== 304) {
				if (!response.ok) return 'unreachable';
				const day = (await response.json()) as Snapshot;
				const same = day.person.id === this.person?.id;
				if (!same) {
					this.person = day.person;
					await writeFact(store, 'person', day.person);
					// What this person left here can go now.
					this.#again = true;
				}
				await this.took(store, day, same && known ? (known.day as Snapshot) : null);
				await store.put('days', {
					personId: day.person.id,
					fetchedAt: startedAt,
					etag: response.headers.get('etag') ?? '',
					day,
				});
			} else if (known) await store.put('days', { ...known, fetchedAt: startedAt });
			if (this.person) await forgetArrived(store, this.person.id, startedAt);
			await writeFact(store, 'lastSync', startedAt);
			return 'done';
		} catch {
			return 'unreachable';
		}
	}

	/** Keep what was done; it is shown at once and sent when there is a network. @returns false when the phone is full */
	async act(body: ActionBody, label: string, photos: readonly Blob[] = []): Promise<boolean> {
		const { store, person } = this;
		if (!store || !person) return false;
		return this.#keeping(() => keep(store, person, body, label, photos));
	}

	/** Keep an action by the program's own way of keeping it. */
	protected async keepBy(
		work: (store: Store, person: { id: string; name: string }) => Promise<KeptAction>,
	): Promise<boolean> {
		const { store, person } = this;
		return store && person ? this.#keeping(() => work(store, person)) : false;
	}

	async #keeping(work: () => Promise<KeptAction>): Promise<boolean> {
		try {
			const done = await work();
			this.justDone = done;
			setTimeout(() => {
				if (this.justDone?.id === done.id) this.justDone = null;
			}, undoMilliseconds);
		} catch (error) {
			if ((error as Error).name !== 'QuotaExceededError') throw error;
			this.problem = 'phone_full';
			return false;
		}
		this.problem = null;
		await this.reload();
		void askToSendLater(this.app);
		void this.cycle();
		return true;
	}

	/** Take back what was done by mistake, while it has not been sent. */
	async undo(action: KeptAction): Promise<void> {
		if (!this.store) return;
		await undo(this.store, action.id);
		this.justDone = null;
		await this.reload();
	}

	/** It was read: a refusal or a conflict need not be shown any more. */
	async acknowledge(action: KeptAction): Promise<void> {
		if (!this.store) return;
		await forget(this.store, ({ id }) => id === action.id);
		await this.reload();
	}

	/** Try a refused action again, as it is. */
	async retry(action: KeptAction): Promise<void> {
		if (!this.store) return;
		const { message: _, answeredAt: __, ...again } = action;
		await settle(this.store, { ...again, state: 'waiting' });
		await this.reload();
		await this.cycle();
	}

	/** Somebody signs out: this phone shows nobody's day any more, and keeps what waits. */
	async leave(): Promise<void> {
		if (this.store) await writeFact(this.store, 'person', null);
	}
}

/** Where the browser can, it sends in the background when the network is back, even with the page closed. */
async function askToSendLater({ path }: PhoneApp): Promise<void> {
	const registration = await navigator.serviceWorker?.getRegistration(path);
	const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
	await sync?.register('envoi').catch(() => {});
}
