import { ldds75, lht65n } from './dragino.ts';
import { em300Sld, em300Th, em500Pt100, vs133 } from './milesight.ts';
import { barrier, cabinet, dlAtm22, dlCtd10, em2101, ersCo2, tbms100, vicki } from './others.ts';
import type { DeviceModel } from './type.ts';

export const models = {
	em300Th,
	em300Sld,
	em500Pt100,
	vs133,
	ldds75,
	lht65n,
	ersCo2,
	tbms100,
	dlCtd10,
	dlAtm22,
	vicki,
	em2101,
	barrier,
	cabinet,
} as const satisfies Record<string, DeviceModel>;

export type ModelName = keyof typeof models;
