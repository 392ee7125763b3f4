import type { DeskDay } from '@parvis/equipment';
import { collecte } from './apps.ts';
import { PhoneCore } from './phone-core.svelte.ts';
import {
	type DeskLine,
	type DeskReceipt,
	keepReceipt,
	NoNumberLeft,
	type ReceiptBody,
	takeShare,
} from './receipt.ts';
import { deviceId, type KeptAction, readFact, type Store, writeFact } from './store.ts';

/** The phone of a collection day: where it stands, the receipts it gave, its own numbers. */
export class DeskPhone extends PhoneCore<DeskDay> {
	readonly app = collecte;
	receipts = $state.raw<DeskReceipt[]>([]);
	place = $state.raw<{ campaignId: string | null; pointId: string | null }>({
		campaignId: null,
		pointId: null,
	});
	/** Null until this phone has its share of receipt numbers. */
	prefix = $state<string | null>(null);
	noNumber = $state(false);
	day: DeskDay | null = $derived(this.kept ? (this.kept.day as DeskDay) : null);

	protected async snapshotPath(store: Store): Promise<string> {
		return `/api/v1/equipment/desk/day?device=${await deviceId(store)}`;
	}

	protected override async took(store: Store, fresh: DeskDay): Promise<void> {
		await takeShare(store, fresh.prefix, fresh.used);
		const [only] = fresh.campaigns;
		const known = await readFact(store, 'deskPlace');
		if (!fresh.campaigns.some(({ id }) => id === known?.campaignId))
			await writeFact(store, 'deskPlace', {
				campaignId: only?.id ?? null,
				pointId: only?.points[0]?.id ?? null,
			});
	}

	protected override async reloaded(store: Store | null): Promise<void> {
		if (!store) return;
		this.receipts = (await readFact(store, 'receipts')) ?? [];
		this.place = (await readFact(store, 'deskPlace')) ?? this.place;
		this.prefix = (await readFact(store, 'desk'))?.prefix ?? null;
	}

	async stand(campaignId: string | null, pointId: string | null): Promise<void> {
		if (!this.store) return;
		await writeFact(this.store, 'deskPlace', { campaignId, pointId });
		await this.reload();
	}

	/** Keep a receipt. @returns the receipt, or null when it could not be kept, which the page then says */
	async receive(
		lines: readonly DeskLine[],
		giver: ReceiptBody['giver'],
		labelOf: (number: string) => string,
	): Promise<DeskReceipt | null> {
		let receipt: DeskReceipt | null = null;
		this.noNumber = false;
		try {
			const kept = await this.keepBy(async (store, person) => {
				const made = await keepReceipt(store, person, { lines, giver, ...this.place }, labelOf);
				receipt = made.receipt;
				return made.action;
			});
			return kept ? receipt : null;
		} catch (error) {
			if (!(error instanceof NoNumberLeft)) throw error;
			this.noNumber = true;
			return null;
		}
	}

	/** A receipt that is taken back before it was sent is none any more; its number is not given again. */
	override async undo(action: KeptAction): Promise<void> {
		await super.undo(action);
		const { store } = this;
		if (!store || (await store.getFromIndex('actions', 'id', action.id))) return;
		await writeFact(
			store,
			'receipts',
			this.receipts.filter(({ id }) => id !== action.id),
		);
		await this.reload();
	}
}
