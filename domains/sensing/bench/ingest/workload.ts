/** What the benchmark's devices are and send; the generator and the server agree on it here. */

export const deviceCount = 1000;
export const valuesPerMessage = 5;
export type Way = 'plain' | 'codec' | 'fuzz';

export const plainName = (device: number) => `bench-${device}`;
export const devEui = (device: number) =>
	(0x70b3d57ed0000000n + BigInt(device)).toString(16).padStart(16, '0');

export const mapping = [
	{ field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -50, maximum: 70 },
	{ field: 'humidity', property: 'relativeHumidity', unit: '%', minimum: 0, maximum: 100 },
	{ field: 'co2', property: 'co2', unit: '[ppm]', minimum: 0 },
	{ field: 'pressure', property: 'atmosphericPressure', unit: 'hPa' },
	{ field: 'battery', property: 'batteryLevel', unit: '%', minimum: 0, maximum: 100 },
];

/** Channel, kind, value: the layout most indoor-air devices use. */
export const codecSource = `
function decodeUplink(input) {
	var bytes = input.bytes, data = {}, at = 0;
	function word(i) { return (bytes[i + 1] << 8) | bytes[i]; }
	while (at < bytes.length) {
		var channel = bytes[at++], kind = bytes[at++];
		if (channel === 0x01 && kind === 0x75) { data.battery = bytes[at]; at += 1; }
		else if (channel === 0x03 && kind === 0x67) {
			var t = word(at); data.temperature = (t > 0x7fff ? t - 0x10000 : t) / 10; at += 2;
		}
		else if (channel === 0x04 && kind === 0x68) { data.humidity = bytes[at] / 2; at += 1; }
		else if (channel === 0x07 && kind === 0x7d) { data.co2 = word(at); at += 2; }
		else if (channel === 0x09 && kind === 0x73) { data.pressure = word(at) / 10; at += 2; }
		else return { errors: ['unknown channel ' + channel] };
	}
	return { data: data };
}`;

const firstInstant = Date.UTC(2026, 9, 1);

/** Each device speaks once a minute of its own time; no two messages say the same of the same instant. */
export function instantOf(message: number): string {
	return new Date(firstInstant + Math.floor(message / deviceCount) * 10_000).toISOString();
}

/** Topic and payload of a message by its number. */
export function messageOf(way: Way, message: number): { topic: string; payload: Buffer } {
	const device = message % deviceCount;
	if (way === 'fuzz') return hostile(message);
	const temperature = 15 + ((message * 7) % 150) / 10;
	const humidity = 30 + ((message * 3) % 100) / 2;
	const co2 = 400 + ((message * 13) % 900);
	const pressure = 990 + ((message * 11) % 400) / 10;
	const battery = 100 - (message % 40);
	if (way === 'plain')
		return {
			topic: `devices/${plainName(device)}/observations`,
			payload: Buffer.from(
				`{"time":"${instantOf(message)}","values":{"temperature":${temperature},"humidity":${humidity},"co2":${co2},"pressure":${pressure},"battery":${battery}}}`,
				'latin1',
			),
		};
	const bytes = Buffer.from([
		0x01,
		0x75,
		battery,
		0x03,
		0x67,
		0,
		0,
		0x04,
		0x68,
		humidity * 2,
		0x07,
		0x7d,
		0,
		0,
		0x09,
		0x73,
		0,
		0,
	]);
	bytes.writeInt16LE(Math.round(temperature * 10), 5);
	bytes.writeUInt16LE(co2, 12);
	bytes.writeUInt16LE(Math.round(pressure * 10), 16);
	const eui = devEui(device);
	return {
		topic: `application/6f1c8c6e-7b1b-4a4e-9a5f-2f7f5a4d9b11/device/${eui}/event/up`,
		payload: Buffer.from(
			`{"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"${instantOf(message)}","deviceInfo":{"tenantId":"52f14cd4-c6f1-4fbd-8f87-4025e1d49242","tenantName":"Ville","applicationId":"6f1c8c6e-7b1b-4a4e-9a5f-2f7f5a4d9b11","applicationName":"Batiments","deviceProfileId":"14855bf7-d10d-4aee-b618-ebfcb64dc7ad","deviceProfileName":"Air","deviceName":"Salle ${device}","devEui":"${eui}","tags":{}},"devAddr":"00189440","adr":true,"dr":1,"fCnt":${message},"fPort":85,"confirmed":false,"data":"${bytes.toString('base64')}","rxInfo":[{"gatewayId":"0016c001f153a14c","uplinkId":4217106255,"gwTime":"${instantOf(message)}","rssi":-36,"snr":10.5,"context":"E3OWOQ==","metadata":{"region_config_id":"eu868"},"crcStatus":"CRC_OK"}],"txInfo":{"frequency":867100000,"modulation":{"lora":{"bandwidth":125000,"spreadingFactor":11,"codeRate":"CR_4_5"}}}}`,
			'latin1',
		),
	};
}

/** Rubbish of many kinds: each message is to end as a dead letter, as observations, or in the tray. */
function hostile(message: number): { topic: string; payload: Buffer } {
	const device = message % deviceCount;
	const random = Buffer.from(
		Array.from({ length: message % 200 }, (_, i) => (message * 31 + i * i * 17) & 255),
	);
	const payloads = [
		random,
		Buffer.from('{"values":{"temperature":'),
		Buffer.from('['.repeat(4000)),
		Buffer.from(
			`{"__proto__":{"temperature":1},"constructor":{"prototype":1},"values":"${'x'.repeat(2000)}"}`,
		),
		Buffer.from(`{"time":"hier","values":{"temperature":${message}}}`),
		Buffer.from(`{"values":{"temperature":"\\u0000${message}","humidity":1e999}}`),
		Buffer.from(
			`{"deviceInfo":{"devEui":"${devEui(device)}"},"fPort":85,"data":"////${random.toString('base64')}"}`,
		),
		Buffer.from(`{"deviceInfo":{"devEui":"zz"},"data":"AQ=="}`),
		Buffer.from(`{"deviceInfo":{"devEui":"${devEui(device)}"},"data":"%%%"}`),
		Buffer.from('null'),
	];
	const topic =
		message % 3 === 0
			? `devices/${plainName(device)}/observations`
			: `application/1/device/${devEui(device)}/event/up`;
	return { topic, payload: payloads[message % payloads.length] ?? random };
}
