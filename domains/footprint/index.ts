import type { Platform } from '@parvis/platform';
import { createFootprintApi } from './api.ts';
import type { Context } from './context.ts';
import { footprintDataset } from './dataset.ts';
import type { Footprint } from './face.ts';
import { createFactors } from './factors.ts';
import { createPosting } from './ledger.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { mayManage } from './policies.ts';
import { createReading } from './reading.ts';
import type { DB } from './tables.ts';

export type * from './face.ts';

export function createFootprint(platform: Platform): Footprint {
	const context: Context = { platform, db: platform.db<DB>(), now: () => new Date() };
	const reading = createReading(context);
	const factors = createFactors(context);
	platform.datasets.offer('footprint', footprintDataset(reading.entries));
	return {
		room: {
			name: 'footprint',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			roles: ['footprint:manager'],
			api: createFootprintApi({ ...reading, factors }),
		},
		post: createPosting(context),
		...reading,
		factors,
		may: { manage: mayManage },
	};
}
