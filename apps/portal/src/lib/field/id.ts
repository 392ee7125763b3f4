let lastMilliseconds = 0;
let sequence = 0;

/** A new UUID version 7 (RFC 9562, 5.7) whose ids sort in the order in which this page made them. */
export function newActionId(now = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	if (now > lastMilliseconds) {
		lastMilliseconds = now;
		sequence = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
	} else if (++sequence > 0xfff) {
		lastMilliseconds++;
		sequence = 0;
	}
	const view = new DataView(bytes.buffer);
	view.setUint16(0, Math.floor(lastMilliseconds / 2 ** 32));
	view.setUint32(2, lastMilliseconds % 2 ** 32);
	view.setUint16(6, 0x7000 | sequence);
	view.setUint8(8, ((bytes[8] ?? 0) & 0x3f) | 0x80);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
