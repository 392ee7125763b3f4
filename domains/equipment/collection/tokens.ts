import { createHash, createHmac, randomBytes } from 'node:crypto';

export const hashOf = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest();

/** What a link carries: 192 bits, for an address. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** What the link to a booking carries: the same in each of its letters, though only its hash is kept. */
export const bookingToken = (secret: string, bookingId: string): string =>
	createHmac('sha256', secret).update(`parvis booking\n${bookingId}`).digest('base64url');
