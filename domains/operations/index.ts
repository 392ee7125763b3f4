import type { Platform } from '@parvis/platform';
import type { Context, Neighbours } from './context.ts';
import { createExchange } from './exchange/index.ts';
import type { Operations } from './face.ts';
import { createField } from './field/index.ts';
import { createInterventions } from './interventions/index.ts';
import { createLighting } from './lighting/index.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import type { Part } from './part.ts';
import { createPhotos } from './photos.ts';
import { mayManage, maySee, mayWork } from './policies.ts';
import type { DB } from './tables.ts';
import { createWaste } from './waste/index.ts';

export type * from './face.ts';

export interface OperationsOptions {
	/** The clock that work goes by; tests have their own. */
	now?: () => Date;
}

export function createOperations(
	platform: Platform,
	neighbours: Neighbours,
	options: OperationsOptions = {},
): Operations {
	const context: Context = {
		platform,
		db: platform.db<DB>(),
		...neighbours,
		now: options.now ?? (() => new Date()),
	};
	const photos = createPhotos(context);
	const interventions = createInterventions(context, photos);
	const waste = createWaste(context, interventions.face);
	const exchange = createExchange(context, interventions.face);
	const field = createField(context, {
		rounds: waste.face.rounds,
		interventions: interventions.face,
		photos,
		today: waste.face.today,
	});
	const lighting = createLighting(context, interventions.face);
	/** In the order in which they start and are filled; they stop in the reverse. */
	const parts: readonly Part[] = [interventions, waste, field, lighting];
	return {
		room: {
			name: 'operations',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			roles: ['operations:agent', 'operations:manager'],
			scopes: ['operations:read', 'operations:write'],
			async api(api) {
				for (const part of parts) if (part.api) await api.register(part.api);
			},
			standards: { '/open311': exchange.open311 },
			async start(roles) {
				for (const part of parts) await part.start?.(roles);
			},
			async stop() {
				for (const part of parts.toReversed()) await part.stop?.();
			},
		},
		interventions: interventions.face,
		photos,
		waste: waste.face,
		exchange: exchange.face,
		field: field.face,
		lighting: lighting.face,
		may: { manage: mayManage, work: mayWork, see: maySee },
		async fillDemo() {
			for (const part of parts) await part.fillDemo?.();
		},
	};
}
