/** Who a participant of LiveKit is, by the identity in their token. */
export type Identity = { kind: 'seat' | 'clerk' | 'feed'; id: string } | { kind: 'programme' };

export function identityText(identity: Identity): string {
	return identity.kind === 'programme' ? 'programme' : `${identity.kind}:${identity.id}`;
}

/** Null for an identity that none of our tokens has. */
export function readIdentity(text: string): Identity | null {
	if (text === 'programme') return { kind: 'programme' };
	const [, kind, id] = /^(seat|clerk|feed):([0-9a-f-]{36})$/.exec(text) ?? [];
	return (kind === 'seat' || kind === 'clerk' || kind === 'feed') && id ? { kind, id } : null;
}

const prefix = 'parvis-';

/** A LiveKit server may serve others too: our rooms are told apart by their names. */
export const roomName = (meetingId: string) => `${prefix}${meetingId}`;

export function meetingOfRoom(name: string): string | null {
	return name.startsWith(prefix) ? name.slice(prefix.length) : null;
}
