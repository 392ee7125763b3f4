/** What a column can mean. */
export const importFields = [
	'externalId',
	'tag',
	'name',
	'serial',
	'manufacturer',
	'model',
	'category',
	'status',
	'holderId',
	'holderName',
	'holderEmail',
	'service',
	'site',
	'need',
	'boughtOn',
	'inUseOn',
	'warrantyUntil',
	'warrantyMonths',
	'supportedUntil',
	'acquired',
	'firstUsedOn',
	'condition',
	'batteryHealthPercent',
	'batteryMeasuredOn',
	'price',
	'supplier',
	'orderNumber',
	'leftOn',
	'leftAs',
	'note',
] as const;

export type ImportField = (typeof importFields)[number];

export const importSystems = ['glpi', 'snipeit', 'intune', 'lansweeper', 'parvis', 'csv'] as const;

export type ImportSystem = (typeof importSystems)[number];
