import type { Actor, Room } from '@parvis/platform';
import type { Carbon } from './carbon/face.ts';
import type { Catalogue } from './catalogue/face.ts';
import type { Collection } from './collection/face.ts';
import type { Exchange } from './exchange/face.ts';
import type { Inventory } from './inventory/face.ts';
import type { Planning } from './planning/face.ts';
import type { Policy } from './policy/face.ts';
import type { Wiping } from './wiping/face.ts';

export type * from './carbon/face.ts';
export type * from './catalogue/face.ts';
export type * from './collection/face.ts';
export type * from './exchange/face.ts';
export type * from './inventory/face.ts';
export type * from './kinds.ts';
export type * from './planning/face.ts';
export type * from './policy/face.ts';
export type * from './wiping/face.ts';

/** The town's terminals: bought by a policy, kept longer, collected, given a second life, their carbon counted. */
export interface Equipment {
	room: Room;
	inventory: Inventory;
	catalogue: Catalogue;
	exchange: Exchange;
	policy: Policy;
	planning: Planning;
	carbon: Carbon;
	collection: Collection;
	wiping: Wiping;
	may: {
		manage(actor: Actor): boolean;
		collect(actor: Actor): boolean;
		use(actor: Actor): boolean;
		see(actor: Actor): boolean;
	};
	/** What a demonstration shows; for the start command. */
	fillDemo(): Promise<void>;
}
