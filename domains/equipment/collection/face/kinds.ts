export const partnerKinds = [
	'reuse_workshop',
	'repair_cafe',
	'eco_organisation',
	'charity',
	'town_service',
] as const;

export type PartnerKind = (typeof partnerKinds)[number];

export const audiences = ['residents', 'shops', 'schools', 'town'] as const;

export type Audience = (typeof audiences)[number];

export type CampaignStatus = 'draft' | 'published' | 'cancelled';

/** As it was when it was brought. */
export const itemConditions = ['works', 'faulty', 'broken', 'unknown'] as const;

export type ItemCondition = (typeof itemConditions)[number];

export const itemStates = ['received', 'in_lot', 'handed_over', 'ended'] as const;

export type ItemState = (typeof itemStates)[number];

/** What a partner says became of an item. */
export const partnerEnds = ['reused', 'repaired', 'parts', 'recycled'] as const;

/** `returned` to who brought it, or `missing`: told by the desk, so that nothing disappears from the counts. */
export const itemEnds = [...partnerEnds, 'returned', 'missing'] as const;

export type ItemEnd = (typeof itemEnds)[number];

export type LotStatus = 'open' | 'closed' | 'handed_over' | 'settled';
