import { terrain } from './apps.ts';
import { changesBetween, type Day, type DayChange, withActions } from './day.ts';
import { PhoneCore } from './phone-core.svelte.ts';
import { watchVehicle } from './position.ts';
import { send } from './send.ts';
import { readFact, type Store, writeFact } from './store.ts';

/** An agent's phone in the street: the day as it is with what was done, what the office changed, the vehicle's position. */
export class Phone extends PhoneCore<Day> {
	readonly app = terrain;
	changes = $state.raw<DayChange[]>([]);
	positionsOn = $state.raw<string[]>([]);
	day: Day | null = $derived(this.kept ? withActions(this.kept.day as Day, this.actions) : null);

	#stopWatching: (() => void) | null = null;

	protected async snapshotPath(): Promise<string> {
		return '/api/v1/field/day';
	}

	protected override async took(_store: Store, fresh: Day, known: Day | null): Promise<void> {
		this.changes = known ? [...this.changes, ...changesBetween(withActions(known, this.actions), fresh)] : [];
	}

	protected override async reloaded(store: Store | null): Promise<void> {
		this.positionsOn = (store && (await readFact(store, 'positionsOn'))) ?? [];
		this.#watch();
	}

	protected override stopped(): void {
		this.#stopWatching?.();
	}

	readChanges(): void {
		this.changes = [];
	}

	/** Let the vehicle's position be sent while this round runs, or no longer. */
	async sendPositions(roundId: string, on: boolean): Promise<void> {
		if (!this.store) return;
		const others = this.positionsOn.filter((id) => id !== roundId);
		await writeFact(this.store, 'positionsOn', on ? [...others, roundId] : others);
		await this.reload();
	}

	/** The position is taken while a round of one's own runs and its switch is on, at no other time. */
	#watch(): void {
		const { store, person } = this;
		const round = this.day?.rounds.find(
			({ id, status, driver }) =>
				status === 'under_way' && driver?.id === person?.id && this.positionsOn.includes(id),
		);
		if (!round || !store || !person) {
			this.#stopWatching?.();
			this.#stopWatching = null;
		} else
			this.#stopWatching ??= watchVehicle(async (reading) => {
				await store.add('positions', { ...reading, personId: person.id, roundId: round.id });
				await send(store, person.id);
			});
	}
}
