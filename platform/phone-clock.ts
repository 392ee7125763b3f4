/** Less than this is the time a message takes, or nothing worth a correction. */
const noticedSeconds = 60;

/** Seconds that a phone's clock is ahead of ours, 0 when they agree within a minute. */
export function clockAheadSeconds(sentAt: Date, receivedAt: Date): number {
	const ahead = Math.round((sentAt.getTime() - receivedAt.getTime()) / 1000);
	return Math.abs(ahead) < noticedSeconds ? 0 : ahead;
}

/** When something really happened: the phone's time without what its clock is ahead, and never after it was heard of. */
export function putRight(deviceAt: Date, aheadSeconds: number, receivedAt: Date): Date {
	return new Date(Math.min(deviceAt.getTime() - aheadSeconds * 1000, receivedAt.getTime()));
}
