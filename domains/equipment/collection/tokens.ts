import { createHash, randomBytes } from 'node:crypto';

export const hashOf = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest();

/** What a link carries: 192 bits, for an address. */
export const newToken = (): string => randomBytes(24).toString('base64url');
