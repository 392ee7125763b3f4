import { bigEndian, type DeviceModel, reading } from './type.ts';

/** Dragino LDDS75: battery in millivolts (14 bits), distance in millimetres, interrupt, probe in tenths of a degree, sensor flag. */
export const ldds75: DeviceModel = {
	vendor: 'Dragino',
	model: 'LDDS75',
	name: 'Niveau de conteneur',
	description:
		'Distance par ultrasons, du couvercle au contenu ; le remplissage se déduit de la hauteur du conteneur.',
	fPort: 2,
	expectedIntervalSeconds: 3600,
	codec: `function decodeUplink(input) {
  var b = input.bytes;
  if (input.fPort !== 2 || b.length < 8) return { errors: ["expected 8 bytes on port 2"] };
  var distance = b[2] * 256 + b[3];
  var data = { Bat: ((b[0] * 256 + b[1]) & 0x3fff) / 1000, Interrupt_flag: b[4], Sensor_flag: b[7] };
  if (distance === 0) return { data: data, warnings: ["no sensor"] };
  if (distance === 20) return { data: data, warnings: ["invalid reading"] };
  data.Distance = distance;
  return { data: data };
}`,
	mapping: [
		{
			field: 'Distance',
			property: 'fillingLevel',
			unit: '%',
			scale: -100,
			divideBy: 'heightMillimeters',
			// It hears nothing within 28 cm: it hangs above the full line by 17 % of the height.
			offset: 117,
			minimum: -5,
			maximum: 105,
		},
		// Two lithium cells: 3.6 V when new, 2.6 V when empty.
		{
			field: 'Bat',
			property: 'batteryLevel',
			unit: '%',
			scale: 100,
			offset: -260,
			minimum: -20,
			maximum: 120,
		},
	],
	encode: (r) => [
		...bigEndian(reading(r, 'Bat') * 1000, 2),
		...bigEndian(reading(r, 'Distance'), 2),
		0,
		0,
		0,
		1,
	],
};

/** Dragino LHT65N: battery status and millivolts, temperature in hundredths, humidity in tenths, then an external probe. */
export const lht65n: DeviceModel = {
	vendor: 'Dragino',
	model: 'LHT65N',
	name: 'Température et humidité, intérieur',
	description: 'Température et humidité d’une salle, sur pile.',
	fPort: 2,
	expectedIntervalSeconds: 1800,
	codec: `function decodeUplink(input) {
  var b = input.bytes;
  if (input.fPort !== 2 || b.length !== 11) return { errors: ["expected 11 bytes on port 2"] };
  function signed(i) { var v = b[i] * 256 + b[i + 1]; return v > 32767 ? v - 65536 : v; }
  return { data: {
    BatV: ((b[0] * 256 + b[1]) & 0x3fff) / 1000,
    Bat_status: b[0] >> 6,
    TempC_SHT: signed(2) / 100,
    Hum_SHT: ((b[4] * 256 + b[5]) & 0xfff) / 10
  } };
}`,
	mapping: [
		{ field: 'TempC_SHT', property: 'temperature', unit: 'Cel', minimum: -40, maximum: 85 },
		{ field: 'Hum_SHT', property: 'relativeHumidity', unit: '%', minimum: 0, maximum: 100 },
		{
			field: 'BatV',
			property: 'batteryLevel',
			unit: '%',
			scale: 166.7,
			offset: -400,
			minimum: -20,
			maximum: 130,
		},
	],
	encode: (r) => [
		...bigEndian(0xc000 | Math.round(reading(r, 'BatV') * 1000), 2),
		...bigEndian(reading(r, 'TempC_SHT') * 100, 2),
		...bigEndian(reading(r, 'Hum_SHT') * 10, 2),
		1,
		0x7f,
		0xff,
		0x7f,
		0xff,
	],
};
