import { bigEndian, clamp, type DeviceModel, littleEndian, reading } from './type.ts';

/** Elsys: a type byte before each value. 01 temperature in tenths, 02 humidity, 04 lux, 05 motion, 06 CO2, 07 millivolts. */
export const ersCo2: DeviceModel = {
	vendor: 'Elsys',
	model: 'ERS CO2',
	name: 'Qualité de l’air intérieur',
	description: 'CO₂, température, humidité, lumière et présence dans une salle.',
	fPort: 5,
	expectedIntervalSeconds: 900,
	codec: `function decodeUplink(input) {
  var b = input.bytes, data = {}, i = 0;
  function u16() { var v = b[i] * 256 + b[i + 1]; i += 2; return v; }
  while (i < b.length) {
    var type = b[i++];
    if (type === 1) { var t = u16(); data.temperature = (t > 32767 ? t - 65536 : t) / 10; }
    else if (type === 2) data.humidity = b[i++];
    else if (type === 4) data.light = u16();
    else if (type === 5) data.motion = b[i++];
    else if (type === 6) data.co2 = u16();
    else if (type === 7) data.vdd = u16();
    else return { errors: ["unknown type " + type] };
  }
  return { data: data };
}`,
	mapping: [
		{ field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -40, maximum: 85 },
		{ field: 'humidity', property: 'relativeHumidity', unit: '%', minimum: 0, maximum: 100 },
		{ field: 'co2', property: 'co2', unit: '[ppm]', minimum: 300, maximum: 10_000 },
		{ field: 'light', property: 'illuminance', unit: 'lx', minimum: 0 },
		{
			field: 'vdd',
			property: 'batteryLevel',
			unit: '%',
			scale: 0.1667,
			offset: -500,
			minimum: -20,
			maximum: 130,
		},
	],
	encode: (r) => [
		1,
		...bigEndian(reading(r, 'temperature') * 10, 2),
		2,
		clamp(Math.round(reading(r, 'humidity')), 0, 100),
		4,
		...bigEndian(reading(r, 'light'), 2),
		5,
		clamp(Math.round(reading(r, 'motion')), 0, 255),
		6,
		...bigEndian(reading(r, 'co2'), 2),
		7,
		...bigEndian(reading(r, 'vdd'), 2),
	],
};

/** Browan TBMS100: state, battery in tenths above 2.5 V, temperature above −32 °C, minutes since motion, count of motions. */
export const tbms100: DeviceModel = {
	vendor: 'Browan',
	model: 'TBMS100',
	name: 'Présence dans une salle',
	description: 'Détecteur infrarouge : dit si une salle sert, sans savoir par qui.',
	fPort: 102,
	expectedIntervalSeconds: 1800,
	codec: `function decodeUplink(input) {
  var b = input.bytes;
  if (input.fPort !== 102 || b.length !== 8) return { errors: ["expected 8 bytes on port 102"] };
  return { data: {
    mot_motionst: b[0] & 1,
    battery_volt: (25 + (b[1] & 15)) / 10,
    temperature: (b[2] & 127) - 32,
    mot_times: b[3] + b[4] * 256,
    mot_counts: b[5] + b[6] * 256
  } };
}`,
	mapping: [
		{ field: 'mot_motionst', property: 'motion', unit: '1' },
		{ field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -32, maximum: 80 },
		{
			field: 'battery_volt',
			property: 'batteryLevel',
			unit: '%',
			scale: 91,
			offset: -227.5,
			minimum: -20,
			maximum: 140,
		},
	],
	encode: (r) => [
		8 | (reading(r, 'mot_motionst') ? 1 : 0),
		clamp(Math.round(reading(r, 'battery_volt') * 10) - 25, 0, 15),
		clamp(Math.round(reading(r, 'temperature')) + 32, 0, 127),
		...littleEndian(reading(r, 'mot_times'), 2),
		...littleEndian(reading(r, 'mot_counts'), 2),
		0,
	],
};

/**
 * Decentlab's protocol 2: version, device id, flags, then 16-bit words of each flagged sensor, the battery last.
 * @param words JavaScript that reads the first sensor's words `w` into `data`
 */
const decentlab = (count: number, words: string) => `function decodeUplink(input) {
  var b = input.bytes;
  function word(i) { return b[i] * 256 + b[i + 1]; }
  if (b[0] !== 2) return { errors: ["protocol version " + b[0]] };
  var flags = word(3), at = 5, w = [], data = { device_id: word(1) };
  if (flags & 1) {
    for (var i = 0; i < ${count}; i++, at += 2) w.push(word(at));
${words}
  }
  if (flags & 2) data.battery_voltage = word(at) / 1000;
  return { data: data };
}`;
const decentlabBattery = {
	field: 'battery_voltage',
	property: 'batteryLevel',
	unit: '%',
	scale: 125,
	offset: -287.5,
	minimum: -30,
	maximum: 130,
};
const decentlabBytes = (words: number[], volts: number) => [
	2,
	0x1f,
	0x40,
	0,
	3,
	...words.flatMap((word) => bigEndian(word, 2)),
	...bigEndian(volts * 1000, 2),
];

export const dlCtd10: DeviceModel = {
	vendor: 'Decentlab',
	model: 'DL-CTD10',
	name: 'Niveau et qualité de rivière',
	description: 'Hauteur d’eau, température et conductivité, par sonde immergée.',
	fPort: 1,
	expectedIntervalSeconds: 900,
	codec: decentlab(
		4,
		`    data.water_depth = w[0] - 32768;
    data.temperature = (w[1] - 32768) / 10;
    data.electrical_conductivity = w[2];
    data.freezing_flag = w[3];`,
	),
	mapping: [
		{ field: 'water_depth', property: 'waterLevel', unit: 'm', scale: 0.001, minimum: -1, maximum: 12 },
		{ field: 'temperature', property: 'waterTemperature', unit: 'Cel', minimum: -5, maximum: 45 },
		{
			field: 'electrical_conductivity',
			property: 'conductivity',
			unit: 'uS/cm',
			minimum: 0,
			maximum: 20_000,
		},
		decentlabBattery,
	],
	encode: (r) =>
		decentlabBytes(
			[
				reading(r, 'water_depth') + 32_768,
				reading(r, 'temperature') * 10 + 32_768,
				reading(r, 'electrical_conductivity'),
				0,
			],
			reading(r, 'battery_voltage'),
		),
};

export const dlAtm22: DeviceModel = {
	vendor: 'Decentlab',
	model: 'DL-ATM22',
	name: 'Anémomètre',
	description: 'Vent, rafales et température de l’air, par ultrasons.',
	fPort: 1,
	expectedIntervalSeconds: 900,
	codec: decentlab(
		8,
		`    data.wind_speed = (w[0] - 32768) / 100;
    data.wind_direction = (w[1] - 32768) / 10;
    data.maximum_wind_speed = (w[2] - 32768) / 100;
    data.air_temperature = (w[3] - 32768) / 10;`,
	),
	mapping: [
		{ field: 'wind_speed', property: 'windSpeed', unit: 'm/s', minimum: 0, maximum: 60 },
		{ field: 'wind_direction', property: 'windDirection', unit: 'deg', minimum: 0, maximum: 360 },
		{ field: 'air_temperature', property: 'temperature', unit: 'Cel', minimum: -50, maximum: 60 },
		decentlabBattery,
	],
	encode: (r) =>
		decentlabBytes(
			[
				reading(r, 'wind_speed') * 100,
				reading(r, 'wind_direction') * 10,
				reading(r, 'maximum_wind_speed') * 100,
				reading(r, 'air_temperature') * 10,
				0,
				0,
				0,
				0,
			].map((word) => word + 32_768),
			reading(r, 'battery_voltage'),
		),
};

/** MClimate Vicki: reason, target, temperature and humidity as ADC readings, motor range and position, flags. */
export const vicki: DeviceModel = {
	vendor: 'MClimate',
	model: 'Vicki',
	name: 'Robinet de radiateur',
	description: 'Règle un radiateur : température de la pièce, consigne et ouverture de la vanne.',
	fPort: 2,
	expectedIntervalSeconds: 1800,
	codec: `function decodeUplink(input) {
  var b = input.bytes;
  if (b.length < 9 || (b[0] !== 1 && b[0] !== 129)) return { errors: ["not a keep-alive"] };
  var range = ((b[6] & 15) << 8) | b[5], position = ((b[6] >> 4) << 8) | b[4];
  return { data: {
    targetTemperature: b[1],
    sensorTemperature: Math.round((b[2] * 165 / 256 - 40) * 100) / 100,
    relativeHumidity: Math.round(b[3] * 10000 / 256) / 100,
    valveOpenness: range === 0 ? 0 : Math.round((1 - position / range) * 100),
    batteryVoltage: Math.round((2 + (b[7] >> 4) * 0.1) * 10) / 10
  } };
}`,
	mapping: [
		{ field: 'sensorTemperature', property: 'temperature', unit: 'Cel', minimum: -40, maximum: 85 },
		{ field: 'targetTemperature', property: 'targetTemperature', unit: 'Cel', minimum: 5, maximum: 35 },
		{ field: 'valveOpenness', property: 'valveOpening', unit: '%', minimum: 0, maximum: 100 },
		{
			field: 'batteryVoltage',
			property: 'batteryLevel',
			unit: '%',
			scale: 66.7,
			offset: -133.3,
			minimum: -20,
			maximum: 120,
		},
	],
	encode: (r) => {
		const range = 300;
		const position = Math.round(range * (1 - clamp(reading(r, 'valveOpenness'), 0, 100) / 100));
		return [
			1,
			Math.round(reading(r, 'targetTemperature')),
			clamp(Math.round(((reading(r, 'sensorTemperature') + 40) * 256) / 165), 0, 255),
			clamp(Math.round((reading(r, 'relativeHumidity') * 256) / 100), 0, 255),
			position & 0xff,
			range & 0xff,
			((position >> 8) << 4) | (range >> 8),
			clamp(Math.round((reading(r, 'batteryVoltage') - 2) * 10), 0, 15) << 4,
			0,
		];
	},
};

/** Yobiiq EM2101 on ports 1 to 10: a channel byte, a type byte, then the value highest byte first. 04 imported Wh, 0c tenths of a volt, 14 watts. */
export const em2101: DeviceModel = {
	vendor: 'Yobiiq',
	model: 'EM2101',
	name: 'Compteur électrique',
	description: 'Énergie consommée et puissance d’un bâtiment ou d’une armoire d’éclairage.',
	fPort: 1,
	expectedIntervalSeconds: 900,
	codec: `function decodeUplink(input) {
  var b = input.bytes, data = {}, i = 0;
  if (input.fPort < 1 || input.fPort > 10) return { data: {} };
  while (i + 6 <= b.length) {
    var type = b[i + 1], v = ((b[i + 2] * 256 + b[i + 3]) * 256 + b[i + 4]) * 256 + b[i + 5];
    i += 6;
    if (type === 0x04) data.activeEnergyImportL1T1 = v;
    else if (type === 0x0c) data.voltageL1N = (v | 0) / 10;
    else if (type === 0x14) data.activePowerL1 = v | 0;
    else return { errors: ["unknown register " + type] };
  }
  return { data: data };
}`,
	mapping: [
		{ field: 'activeEnergyImportL1T1', property: 'totalActiveEnergyImport', unit: 'Wh', minimum: 0 },
		{ field: 'activePowerL1', property: 'activePower', unit: 'W', minimum: -100_000, maximum: 1_000_000 },
		{ field: 'voltageL1N', property: 'voltage', unit: 'V', minimum: 0, maximum: 500 },
	],
	encode: (r) => [
		1,
		0x04,
		...bigEndian(reading(r, 'activeEnergyImportL1T1'), 4),
		1,
		0x0c,
		...bigEndian(reading(r, 'voltageL1N') * 10, 4),
		1,
		0x14,
		...bigEndian(reading(r, 'activePowerL1'), 4),
	],
};

const json = { fPort: null, codec: null, encode: () => [] };

/** What a car park's barrier controller sends by itself, as plain JSON. */
export const barrier: DeviceModel = {
	...json,
	vendor: 'Régie des parkings',
	model: 'Barrière comptante',
	name: 'Compteur de stationnement',
	description: 'Automate de parking : compte les entrées et sorties et donne les places libres.',
	expectedIntervalSeconds: 600,
	mapping: [
		{ field: 'free', property: 'availableSpotNumber', unit: '1', minimum: 0, maximum: 2000 },
		{ field: 'occupied', property: 'occupiedSpotNumber', unit: '1', minimum: 0, maximum: 2000 },
	],
};

/** A street cabinet that drives the lamps of some streets. */
export const cabinet: DeviceModel = {
	...json,
	vendor: 'Régie d’éclairage',
	model: 'Armoire connectée',
	name: 'Armoire d’éclairage public',
	description: 'Commande les lampes de quelques rues : intensité et puissance.',
	expectedIntervalSeconds: 1800,
	mapping: [
		{ field: 'level', property: 'illuminanceLevel', unit: '%', minimum: 0, maximum: 100 },
		{ field: 'watts', property: 'activePower', unit: 'W', minimum: 0, maximum: 100_000 },
	],
};
