import { bigEndian, clamp, type DeviceModel, littleEndian, reading } from './type.ts';

/**
 * Milesight's channel format: a channel byte, a type byte, then the value, lowest byte first. 75 is a battery in
 * percent, 67 a temperature in tenths of a degree, 68 a humidity in halves of a percent, 00 a leak, d2 a count of
 * people since installation, cc those of the period.
 */
const codec = `function decodeUplink(input) {
  var bytes = input.bytes, data = {}, i = 0;
  function unsigned(n) { var v = 0; for (var k = n - 1; k >= 0; k--) v = v * 256 + bytes[i + k]; i += n; return v; }
  function signed16() { var v = unsigned(2); return v > 32767 ? v - 65536 : v; }
  while (i + 2 <= bytes.length) {
    var key = bytes[i++] * 256 + bytes[i++];
    if (key === 0x0175) data.battery = unsigned(1);
    else if (key === 0x0367) data.temperature = signed16() / 10;
    else if (key === 0x0468) data.humidity = unsigned(1) / 2;
    else if (key === 0x0500) data.leakage_status = unsigned(1) === 1 ? "leak" : "normal";
    else if (key === 0x03d2) data.total_in = unsigned(4);
    else if (key === 0x04d2) data.total_out = unsigned(4);
    else if (key === 0x05cc) { data.period_in = unsigned(2); data.period_out = unsigned(2); }
    else return { errors: ["unknown channel at byte " + (i - 2)] };
  }
  return { data: data };
}`;

const battery = { field: 'battery', property: 'batteryLevel', unit: '%', minimum: 0, maximum: 100 };
const temperature = { field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -40, maximum: 85 };
const humidity = { field: 'humidity', property: 'relativeHumidity', unit: '%', minimum: 0, maximum: 100 };

const tag = (channel: number, type: number, bytes: number[]) => [channel, type, ...bytes];

export const em300Th: DeviceModel = {
	vendor: 'Milesight',
	model: 'EM300-TH',
	name: 'Température et humidité, extérieur',
	description: 'Température et humidité de l’air, sur pile, protégé de la pluie.',
	fPort: 85,
	expectedIntervalSeconds: 1800,
	codec,
	mapping: [temperature, humidity, battery],
	encode: (r) => [
		...tag(0x01, 0x75, [clamp(Math.round(reading(r, 'battery')), 0, 100)]),
		...tag(0x03, 0x67, littleEndian(reading(r, 'temperature') * 10, 2)),
		...tag(0x04, 0x68, [clamp(Math.round(reading(r, 'humidity') * 2), 0, 200)]),
	],
};

export const em300Sld: DeviceModel = {
	vendor: 'Milesight',
	model: 'EM300-SLD',
	name: 'Détecteur de fuite d’eau',
	description: 'Fuite au sol d’un local technique, avec température et humidité.',
	fPort: 85,
	expectedIntervalSeconds: 3600,
	codec,
	mapping: [
		{ field: 'leakage_status', property: 'waterLeak', unit: '1', values: { leak: 1, normal: 0 } },
		temperature,
		humidity,
		battery,
	],
	encode: (r) => [...em300Th.encode(r), ...tag(0x05, 0x00, [reading(r, 'leakage_status') ? 1 : 0])],
};

export const em500Pt100: DeviceModel = {
	vendor: 'Milesight',
	model: 'EM500-PT100',
	name: 'Sonde de température d’eau',
	description: 'Sonde PT100 plongée dans un bassin ou une canalisation.',
	fPort: 85,
	expectedIntervalSeconds: 1800,
	codec,
	mapping: [{ ...temperature, property: 'waterTemperature', minimum: -10, maximum: 60 }, battery],
	encode: (r) => [
		...tag(0x01, 0x75, [clamp(Math.round(reading(r, 'battery')), 0, 100)]),
		...tag(0x03, 0x67, littleEndian(reading(r, 'temperature') * 10, 2)),
	],
};

export const vs133: DeviceModel = {
	vendor: 'Milesight',
	model: 'VS133',
	name: 'Compteur de passages',
	description:
		'Compte les entrées et sorties sans image : les silhouettes sont mesurées par temps de vol dans le capteur.',
	fPort: 85,
	expectedIntervalSeconds: 1800,
	codec,
	mapping: [
		{ field: 'total_in', property: 'peopleCountIn', unit: '1', minimum: 0 },
		{ field: 'total_out', property: 'peopleCountOut', unit: '1', minimum: 0 },
		{ field: 'period_in', property: 'intensity', unit: '1', minimum: 0, maximum: 5000 },
	],
	encode: (r) => [
		...tag(0x03, 0xd2, littleEndian(reading(r, 'total_in'), 4)),
		...tag(0x04, 0xd2, littleEndian(reading(r, 'total_out'), 4)),
		...tag(0x05, 0xcc, [
			...littleEndian(reading(r, 'period_in'), 2),
			...bigEndian(reading(r, 'period_out'), 2).toReversed(),
		]),
	],
};
