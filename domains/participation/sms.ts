import type { Platform } from '@parvis/platform';

/** Who carries text messages: a contract of the town's. */
export interface SmsProvider {
	/** @param phoneNumber E.164: `+33612345678` */
	send(phoneNumber: string, text: string): Promise<void>;
}

/** In a demonstration messages are printed where the server runs; nothing is sent. */
export function createConsoleSms(platform: Platform): SmsProvider | null {
	if (!platform.config.demo) return null;
	return {
		async send(phoneNumber, text) {
			console.log(`SMS (demonstration) ${phoneNumber}: ${text}`);
		},
	};
}

/** French numbers as people write them, and international ones. @returns E.164, or null */
export function parsePhoneNumber(text: string): string | null {
	const digits = text.replaceAll(/[\s.()-]/g, '').replace(/^00/, '+');
	if (/^0[1-9]\d{8}$/.test(digits)) return `+33${digits.slice(1)}`;
	return /^\+[1-9]\d{7,14}$/.test(digits) ? digits.replace(/^\+330/, '+33') : null;
}
