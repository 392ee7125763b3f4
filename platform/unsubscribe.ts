import { createHmac, timingSafeEqual } from 'node:crypto';

export interface UnsubscribeTokens {
	tokenOf(personId: string): string;
	/** Null for a token that is not ours. */
	personOf(token: string): string | null;
}

/** Tokens by which the reader of a letter ends such letters without signing in. @param room whose letters they are */
export function createUnsubscribeTokens(secret: string, room: string): UnsubscribeTokens {
	const tokenOf = (personId: string) =>
		`${personId}.${createHmac('sha256', secret).update(`parvis ${room} unsubscribe\n${personId}`).digest('base64url')}`;
	return {
		tokenOf,
		personOf(token) {
			const personId = token.split('.')[0] ?? '';
			const [given, expected] = [Buffer.from(token), Buffer.from(tokenOf(personId))];
			return given.length === expected.length && timingSafeEqual(given, expected) ? personId : null;
		},
	};
}
