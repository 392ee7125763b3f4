import type { Actor, AnyTransaction, Room } from '@parvis/platform';

export interface Words {
	fr: string;
	en: string;
}

export type FootprintUnit = 'km' | 'kWh' | 'l' | 'kg' | 'h';

/** What one optimisation avoided on one day, or cost more when the quantity is negative. */
export interface FootprintPosting {
	/** Names what it is about, always the same: `waste/round/<id>/diesel`. Posted again with another quantity it becomes a correcting entry. */
	key: string;
	/** Day in the town, `2026-11-24`. */
	day: string;
	/** `waste`, `lighting`, `interventions`, `equipment` … */
	service: string;
	/** What was avoided; negative: more was used than before. */
	quantity: number;
	unit: FootprintUnit;
	/** Code of the emission factor; null where no carbon is counted (hours). */
	factor: string | null;
	/** What it is compared with. */
	baseline: Words;
	/** How it was measured. */
	method: Words;
	/** Not measured on the real town. */
	simulated: boolean;
}

/** The carbon ledger every optimisation writes to. */
export interface Footprint {
	room: Room;
	/** As part of the transaction that makes it true; harmless when repeated. */
	post(trx: AnyTransaction, postings: readonly FootprintPosting[]): Promise<void>;
	may: { read(actor: Actor): boolean };
}
