/**
 * Hear that a meeting changed: each entry of its record, and after every lost connection.
 * @returns call it to hear no more
 */
export function followMeeting(meetingId: string, changed: () => Promise<unknown>): () => void {
	const source = new EventSource(`/api/v1/meetings/${meetingId}/live`);
	let busy = false;
	let again = false;
	async function tell(): Promise<void> {
		if (busy) {
			again = true;
			return;
		}
		busy = true;
		try {
			do {
				again = false;
				await changed();
			} while (again);
		} catch {
			// The next event, or the connection that comes back, tells it again.
		} finally {
			busy = false;
		}
	}
	source.addEventListener('state', () => void tell());
	return () => source.close();
}
