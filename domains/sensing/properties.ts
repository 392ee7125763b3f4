/**
 * Observed properties by their Smart Data Models name (smartdatamodels.org): words for people, display, and who
 * may see them unless a device says otherwise.
 */
export interface Property {
	name: string;
	fr: string;
	en: string;
	/** UCUM code values are usually given in. */
	unit: string;
	/** Digits after the decimal separator on screens. */
	decimals: number;
	/**
	 * `everyone`: says nothing of any person. `gathering`: speaks of people together (presence, use), so public only
	 * in places where the public gathers. `agents`: could speak of one person or household.
	 */
	audience: 'everyone' | 'gathering' | 'agents';
	/** Which value to keep on a chart when several fall in one interval: the mean, or the last for counters. */
	kind: 'measure' | 'counter' | 'state';
}

type Row = readonly [string, string, string, string, number, Property['audience'], Property['kind']];

const rows: readonly Row[] = [
	['temperature', 'Température', 'Temperature', 'Cel', 1, 'everyone', 'measure'],
	['relativeHumidity', 'Humidité', 'Humidity', '%', 0, 'everyone', 'measure'],
	['atmosphericPressure', 'Pression atmosphérique', 'Air pressure', 'hPa', 0, 'everyone', 'measure'],
	['precipitation', 'Pluie', 'Rain', 'mm', 1, 'everyone', 'measure'],
	['windSpeed', 'Vent', 'Wind speed', 'm/s', 1, 'everyone', 'measure'],
	['windDirection', 'Direction du vent', 'Wind direction', 'deg', 0, 'everyone', 'measure'],
	['solarRadiation', 'Rayonnement solaire', 'Solar radiation', 'W/m2', 0, 'everyone', 'measure'],
	['illuminance', 'Éclairement', 'Illuminance', 'lx', 0, 'gathering', 'measure'],
	['soilTemperature', 'Température du sol', 'Soil temperature', 'Cel', 1, 'everyone', 'measure'],
	['soilMoisture', 'Humidité du sol', 'Soil moisture', '%', 0, 'everyone', 'measure'],
	['soilMoistureVwc', 'Humidité du sol', 'Soil moisture', '%', 0, 'everyone', 'measure'],
	['co2', 'CO₂', 'CO₂', '[ppm]', 0, 'gathering', 'measure'],
	['tvoc', 'Composés organiques volatils', 'Volatile organic compounds', '[ppb]', 0, 'gathering', 'measure'],
	['pm1', 'Particules PM1', 'PM1 particles', 'ug/m3', 0, 'everyone', 'measure'],
	['pm25', 'Particules PM2,5', 'PM2.5 particles', 'ug/m3', 0, 'everyone', 'measure'],
	['pm10', 'Particules PM10', 'PM10 particles', 'ug/m3', 0, 'everyone', 'measure'],
	['no2', 'Dioxyde d’azote', 'Nitrogen dioxide', 'ug/m3', 0, 'everyone', 'measure'],
	['o3', 'Ozone', 'Ozone', 'ug/m3', 0, 'everyone', 'measure'],
	['LAeq', 'Niveau sonore moyen', 'Mean sound level', 'dB', 0, 'everyone', 'measure'],
	['LAmax', 'Niveau sonore maximal', 'Peak sound level', 'dB', 0, 'everyone', 'measure'],
	['fillingLevel', 'Remplissage', 'Filling level', '%', 0, 'everyone', 'measure'],
	['distance', 'Distance mesurée', 'Measured distance', 'mm', 0, 'everyone', 'measure'],
	['waterLevel', 'Niveau d’eau', 'Water level', 'm', 2, 'everyone', 'measure'],
	['waterTemperature', 'Température de l’eau', 'Water temperature', 'Cel', 1, 'everyone', 'measure'],
	['pH', 'pH', 'pH', '[pH]', 1, 'everyone', 'measure'],
	['conductivity', 'Conductivité', 'Conductivity', 'uS/cm', 0, 'everyone', 'measure'],
	['turbidity', 'Turbidité', 'Turbidity', '[NTU]', 1, 'everyone', 'measure'],
	['flowRate', 'Débit', 'Flow rate', 'm3/h', 2, 'gathering', 'measure'],
	['waterPressure', 'Pression d’eau', 'Water pressure', 'bar', 1, 'everyone', 'measure'],
	['waterConsumption', 'Eau consommée', 'Water used', 'L', 0, 'agents', 'counter'],
	['volume', 'Volume', 'Volume', 'L', 0, 'agents', 'counter'],
	['totalActiveEnergyImport', 'Électricité consommée', 'Electricity used', 'Wh', 0, 'agents', 'counter'],
	['activeEnergy', 'Électricité consommée', 'Electricity used', 'Wh', 0, 'agents', 'counter'],
	['activePower', 'Puissance électrique', 'Electric power', 'W', 0, 'agents', 'measure'],
	['gasConsumption', 'Gaz consommé', 'Gas used', 'm3', 2, 'agents', 'counter'],
	['heatConsumption', 'Chaleur consommée', 'Heat used', 'Wh', 0, 'agents', 'counter'],
	['voltage', 'Tension', 'Voltage', 'V', 1, 'agents', 'measure'],
	['current', 'Courant', 'Current', 'A', 2, 'agents', 'measure'],
	['powerState', 'Éclairage allumé', 'Light on', '1', 0, 'everyone', 'state'],
	['illuminanceLevel', 'Intensité de l’éclairage', 'Light intensity', '%', 0, 'everyone', 'measure'],
	['valveOpening', 'Ouverture de la vanne', 'Valve opening', '%', 0, 'agents', 'measure'],
	['targetTemperature', 'Température demandée', 'Target temperature', 'Cel', 1, 'agents', 'measure'],
	['occupancy', 'Occupation', 'Occupancy', '1', 0, 'gathering', 'state'],
	['availableSpotNumber', 'Places libres', 'Free spaces', '1', 0, 'everyone', 'measure'],
	['occupiedSpotNumber', 'Places occupées', 'Taken spaces', '1', 0, 'everyone', 'measure'],
	['peopleCount', 'Personnes présentes', 'People present', '1', 0, 'gathering', 'measure'],
	['peopleCountIn', 'Entrées', 'People in', '1', 0, 'gathering', 'counter'],
	['peopleCountOut', 'Sorties', 'People out', '1', 0, 'gathering', 'counter'],
	['intensity', 'Passages', 'Traffic', '1', 0, 'gathering', 'measure'],
	['motion', 'Mouvement', 'Motion', '1', 0, 'agents', 'state'],
	['doorOpen', 'Porte ouverte', 'Door open', '1', 0, 'agents', 'state'],
	['waterLeak', 'Fuite d’eau', 'Water leak', '1', 0, 'agents', 'state'],
	['tilt', 'Inclinaison', 'Tilt', 'deg', 0, 'agents', 'measure'],
	['batteryLevel', 'Batterie', 'Battery', '%', 0, 'agents', 'measure'],
	['rssi', 'Puissance du signal', 'Signal strength', 'dB[mW]', 0, 'agents', 'measure'],
];

export const properties: ReadonlyMap<string, Property> = new Map(
	rows.map(([name, fr, en, unit, decimals, audience, kind]) => [
		name,
		{ name, fr, en, unit, decimals, audience, kind },
	]),
);

/** What is known of a property; one nobody described is shown by its name, to agents alone. */
export function describeProperty(name: string): Property {
	return (
		properties.get(name) ?? {
			name,
			fr: name,
			en: name,
			unit: '1',
			decimals: 2,
			audience: 'agents',
			kind: 'measure',
		}
	);
}

/** UCUM code → what people read; codes that read well as they are (`hPa`, `mm`) are not listed. */
const symbols: Readonly<Record<string, string>> = {
	'1': '',
	Cel: '°C',
	'[ppm]': 'ppm',
	'[ppb]': 'ppb',
	'[pH]': '',
	'[NTU]': 'NTU',
	deg: '°',
	'ug/m3': 'µg/m³',
	'mg/m3': 'mg/m³',
	'uS/cm': 'µS/cm',
	'W/m2': 'W/m²',
	'm3/h': 'm³/h',
	'L/h': 'L/h',
	m3: 'm³',
	'dB[SPL]': 'dB',
	'dB[mW]': 'dBm',
	'km/h': 'km/h',
};

/** @param unit UCUM code */
export function unitSymbol(unit: string): string {
	return symbols[unit] ?? unit.replaceAll(/[[\]{}]/g, '');
}

/** Kinds of places where the public gathers and no single person can be told from a number. */
export const gatheringKinds: readonly string[] = [
	'bicycle_parking',
	'bus_stop',
	'car_park',
	'charging_station',
	'college',
	'community_centre',
	'gym',
	'library',
	'market',
	'museum',
	'park',
	'playground',
	'river',
	'school',
	'square',
	'stadium',
	'station',
	'street_light',
	'swimming_pool',
	'theatre',
];

export type Visibility = 'default' | 'public' | 'agents';

/**
 * Whether anybody may read a series. Denied unless known to be harmless: an unknown property, a device whose place
 * is not known and presence outside gathering places stay with agents, unless an agent made the device public.
 * @param placeKind kind of the device's place, null when it has none
 */
export function isPublic(property: string, placeKind: string | null, visibility: Visibility): boolean {
	if (visibility !== 'default') return visibility === 'public';
	if (placeKind === null) return false;
	const { audience } = describeProperty(property);
	return audience === 'everyone' || (audience === 'gathering' && gatheringKinds.includes(placeKind));
}
