import { randomFillSync } from 'node:crypto';

const random = Buffer.alloc(16 * 256);
let used = random.length;
let lastMilliseconds = 0;
let sequence = 0;

/**
 * A new UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then a 12-bit counter that grows
 * within one millisecond so that ids of one process sort in the order they were made, then 62 random bits.
 */
export function newId(): string {
	if (used === random.length) {
		randomFillSync(random);
		used = 0;
	}
	const bytes = random.subarray(used, used + 16);
	used += 16;
	const now = Date.now();
	if (now > lastMilliseconds) {
		lastMilliseconds = now;
		sequence = bytes.readUInt16BE(6) & 0x7ff;
	} else if (++sequence > 0xfff) {
		lastMilliseconds++;
		sequence = 0;
	}
	bytes.writeUIntBE(lastMilliseconds, 0, 6);
	bytes.writeUInt16BE(0x7000 | sequence, 6);
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
