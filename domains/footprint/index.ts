import type { Platform } from '@parvis/platform';
import type { Footprint } from './face.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };

export type * from './face.ts';

export function createFootprint(_platform: Platform): Footprint {
	return {
		room: {
			name: 'footprint',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
		},
		async post() {},
		may: { read: () => true },
	};
}
