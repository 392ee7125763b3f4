import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** 256 random bits as Standard Webhooks writes a secret. */
export function newSecret(): string {
	return prefix + randomBytes(32).toString('base64');
}

/**
 * The headers that let a receiver know the sender (Standard Webhooks 1.0.0): HMAC-SHA256 of `id.timestamp.body`, by each secret.
 * @param secrets the newest first
 */
export function signatureHeaders(
	id: string,
	at: Date,
	body: string,
	secrets: readonly string[],
): Record<string, string> {
	const timestamp = String(Math.floor(at.getTime() / 1000));
	const signatures = secrets.map((secret) => {
		const key = Buffer.from(secret.slice(prefix.length), 'base64');
		return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
	});
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': signatures.join(' '),
	};
}
