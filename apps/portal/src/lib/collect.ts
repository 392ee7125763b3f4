import type { Category, ItemCondition, ItemEnd } from '@parvis/equipment';

/** Kinds of devices in the order of how often they are brought. */
export const categories = [
	'smartphone',
	'feature_phone',
	'laptop',
	'tablet',
	'desktop',
	'monitor',
	'printer',
	'network',
	'projector',
	'server',
	'other',
] as const satisfies readonly Category[];

export const conditions = [
	'works',
	'faulty',
	'broken',
	'unknown',
] as const satisfies readonly ItemCondition[];

export const partnerEnds = ['reused', 'repaired', 'parts', 'recycled'] as const satisfies readonly ItemEnd[];

/** What is said of a kind of device unless somebody knows better; the town's own rule has the last word. */
export const mayHoldData = (category: string): boolean => category !== 'monitor' && category !== 'projector';

export const endTone = (end: ItemEnd | null): 'plain' | 'good' | 'info' | 'warn' =>
	end === null
		? 'plain'
		: end === 'reused' || end === 'repaired'
			? 'good'
			: end === 'missing'
				? 'warn'
				: 'info';
