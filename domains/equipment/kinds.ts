/** Kinds of devices, as the footprint and the policy tell them apart. */
export const categories = [
	'smartphone',
	'feature_phone',
	'tablet',
	'laptop',
	'desktop',
	'monitor',
	'server',
	'printer',
	'network',
	'projector',
	'other',
] as const;

export type Category = (typeof categories)[number];

export const deviceStatuses = [
	'ordered',
	'in_stock',
	'in_use',
	'on_loan',
	'in_repair',
	'missing',
	'leaving',
	'left',
] as const;

export type DeviceStatus = (typeof deviceStatuses)[number];

export const conditions = ['new', 'good', 'worn', 'damaged', 'broken'] as const;

export type Condition = (typeof conditions)[number];

export type Acquired = 'new' | 'refurbished' | 'reused';

export type LeftAs = 'reused' | 'sold' | 'donated' | 'parts' | 'recycled' | 'lost';

/** An interval that holds the true value nine times in ten, around its middle. */
export interface Range {
	low: number;
	mid: number;
	high: number;
}

export interface Words {
	fr: string;
	en: string;
}
