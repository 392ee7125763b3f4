import { createHash, createHmac } from 'node:crypto';

/** What the link in a convocation carries: the same in each letter to one member for one meeting, and nobody else's. */
export function tokenOf(secret: string, meetingId: string, seatId: string): string {
	return createHmac('sha256', secret)
		.update(`parvis convocation\n${meetingId}\n${seatId}`)
		.digest('base64url');
}

/** As it is kept. */
export const hashOf = (token: string) => createHash('sha256').update(`parvis convocation\n${token}`).digest();
