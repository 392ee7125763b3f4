import type { Platform } from '@parvis/platform';
import { createCarbon } from './carbon/index.ts';
import { createCatalogue } from './catalogue/index.ts';
import { createCollection } from './collection/index.ts';
import type { Context, Neighbours } from './context.ts';
import { createExchange } from './exchange/index.ts';
import type { Equipment } from './face.ts';
import { createInventory } from './inventory/index.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import type { Part } from './part.ts';
import { createPlanning } from './planning/index.ts';
import { mayCollect, mayManage, maySee, mayUse } from './policies.ts';
import { createPolicy } from './policy/index.ts';
import type { DB } from './tables.ts';
import { createWiping } from './wiping/index.ts';

export type * from './face.ts';

export interface EquipmentOptions {
	/** The clock that the room goes by; tests have their own. */
	now?: () => Date;
}

export function createEquipment(
	platform: Platform,
	neighbours: Neighbours,
	options: EquipmentOptions = {},
): Equipment {
	const context: Context = {
		platform,
		db: platform.db<DB>(),
		...neighbours,
		now: options.now ?? (() => new Date()),
	};
	const catalogue = createCatalogue(context);
	const wiping = createWiping(context);
	const inventory = createInventory(context, { wiping: wiping.face });
	const exchange = createExchange(context);
	const carbon = createCarbon(context, { catalogue: catalogue.face });
	const policy = createPolicy(context, { carbon: carbon.face, wiping: wiping.face });
	const planning = createPlanning(context, {
		catalogue: catalogue.face,
		policy: policy.face,
		carbon: carbon.face,
	});
	const collection = createCollection(context, { wiping: wiping.face });
	/** In the order in which they start and are filled; they stop in the reverse. */
	const parts: readonly Part[] = [
		catalogue,
		inventory,
		exchange,
		policy,
		collection,
		wiping,
		carbon,
		planning,
	];
	return {
		room: {
			name: 'equipment',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			roles: ['equipment:agent', 'equipment:collector', 'equipment:manager'],
			scopes: ['equipment:read', 'equipment:write'],
			async api(api) {
				for (const part of parts) if (part.api) await api.register(part.api);
			},
			async start(roles) {
				for (const part of parts) await part.start?.(roles);
			},
			async stop() {
				for (const part of parts.toReversed()) await part.stop?.();
			},
		},
		inventory: inventory.face,
		catalogue: catalogue.face,
		exchange: exchange.face,
		policy: policy.face,
		planning: planning.face,
		carbon: carbon.face,
		collection: collection.face,
		wiping: wiping.face,
		may: { manage: mayManage, collect: mayCollect, use: mayUse, see: maySee },
		async fillDemo() {
			for (const part of parts) await part.fillDemo?.();
		},
	};
}
