import { optional, optionalNumber, type Typed } from './forms.ts';

const words = (text: string | undefined) => (text ?? '').split(/[\s,;]+/).filter(Boolean);

/** A container as its form gives it. */
export const containerOf = (typed: Typed) => ({
	name: typed.nom ?? '',
	flow: typed.flux ?? '',
	volumeLiters: optionalNumber(typed.volume),
	place: optional(typed.lieu),
	longitude: optionalNumber(typed.longitude),
	latitude: optionalNumber(typed.latitude),
	address: typed.adresse ?? '',
	accessSide: optional(typed.cote),
	accessNote: typed.acces ?? '',
	maxHeightMeters: optionalNumber(typed.hauteur),
	maxWeightTonnes: optionalNumber(typed.poids),
	skills: words(typed.equipements),
	serviceSeconds: optionalNumber(typed.duree) ?? 180,
	sensor: optional(typed.capteur),
	active: typed.actif === 'on',
	...(optional(typed.externe) && { externalId: optional(typed.externe) }),
});

/** A truck: one line for each compartment, flow and cubic metres. */
export const vehicleOf = (typed: Typed, flows: readonly string[]) => ({
	name: typed.nom ?? '',
	compartments: flows.flatMap((flow) => {
		const cubicMeters = optionalNumber(typed[`volume-${flow}`]);
		return cubicMeters === null ? [] : [{ flow, cubicMeters }];
	}),
	payloadKilograms: optionalNumber(typed.charge),
	heightMeters: optionalNumber(typed.hauteur),
	weightTonnes: optionalNumber(typed.poids),
	litersPer100Kilometers: optionalNumber(typed.consommation),
	depot: typed.depot ?? '',
	shiftFrom: typed.debut ?? '',
	shiftTo: typed.fin ?? '',
	overtimeAfterSeconds: Math.round((optionalNumber(typed.supplementaires) ?? 7) * 3600),
	skills: words(typed.equipements),
	driverId: optional(typed.chauffeur),
	active: typed.actif === 'on',
});

export const siteOf = (typed: Typed, flows: readonly string[]) => ({
	kind: typed.genre ?? '',
	name: typed.nom ?? '',
	longitude: optionalNumber(typed.longitude),
	latitude: optionalNumber(typed.latitude),
	flows: flows.filter((flow) => typed[`flux-${flow}`] === 'on'),
	openingHours: optional(typed.horaires),
	serviceSeconds: Math.round((optionalNumber(typed.duree) ?? 15) * 60),
	active: typed.actif === 'on',
});

export const weekdaysOf = (typed: Typed) =>
	[1, 2, 3, 4, 5, 6, 7].filter((day) => typed[`jour-${day}`] === 'on');

export const fixedRoundOf = (typed: Typed) => ({
	name: typed.nom ?? '',
	vehicle: typed.camion ?? '',
	weekdays: weekdaysOf(typed),
	containers: words(typed.conteneurs),
	active: typed.actif === 'on',
});

export const settingsOf = (typed: Typed) => {
	const breakAfter = optionalNumber(typed.pauseApres);
	return {
		collectionWeekdays: weekdaysOf(typed),
		horizonDays: optionalNumber(typed.horizon),
		leastLevelPercent: optionalNumber(typed.seuil),
		eurosPerKilometer: optionalNumber(typed.kilometre),
		eurosPerHour: optionalNumber(typed.heure),
		overtimeEurosPerHour: optionalNumber(typed.supplementaire),
		eurosPerPickup: optionalNumber(typed.levee),
		breakAfterSeconds: breakAfter === null ? null : Math.round(breakAfter * 3600),
		breakSeconds: Math.round((optionalNumber(typed.pause) ?? 0) * 60),
		solveSeconds: optionalNumber(typed.calcul),
		version: Number(typed.version),
	};
};

export const flowOf = (typed: Typed) => ({
	code: typed.code ?? '',
	nameFr: typed.nomFr ?? '',
	nameEn: typed.nomEn ?? '',
	colour: typed.couleur ?? '',
	kilogramsPerCubicMeter: optionalNumber(typed.densite),
	compaction: optionalNumber(typed.compaction),
	overflowEuros: optionalNumber(typed.debordement),
});

export const eventOf = (typed: Typed) => ({
	name: typed.nom ?? '',
	fromDay: typed.debut ?? '',
	toDay: optional(typed.fin) ?? typed.debut ?? '',
	factor: optionalNumber(typed.facteur),
});
