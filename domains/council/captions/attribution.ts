import type { MeetingEvent } from '../record.ts';

/** A time in which the public heard the meeting, and one member spoke. */
export interface SpeakerSpan {
	from: Date;
	/** Null: it goes on. */
	until: Date | null;
	/** Who has the floor, else who presides; null for nobody known. */
	seatId: string | null;
}

/**
 * When the meeting was held in public, and who spoke: from its opening to its close, without the time of closed doors and
 * of suspensions. Whoever has the floor speaks; when nobody has it, who presides.
 * @param chairId who presides unless the record says otherwise
 */
export function speakerSpans(events: readonly MeetingEvent[], chairId: string | null): SpeakerSpan[] {
	const spans: SpeakerSpan[] = [];
	let [held, doorsClosed, suspended] = [false, false, false];
	let floor: string | null = null;
	let chair = chairId;
	let current = null as SpeakerSpan | null;
	for (const event of events) {
		switch (event.kind) {
			case 'opened':
				held = true;
				break;
			case 'closed':
				held = false;
				floor = null;
				break;
			case 'suspended':
			case 'resumed':
				suspended = event.kind === 'suspended';
				floor = null;
				break;
			case 'doors':
				doorsClosed = event.data.closed;
				break;
			case 'floor_given':
				floor = event.data.seatId;
				break;
			case 'floor_taken_back':
			case 'item_taken':
				floor = null;
				break;
			case 'left':
				if (floor === event.data.seatId) floor = null;
				break;
			case 'chair_taken':
				chair = event.data.seatId;
				break;
			default:
				continue;
		}
		const heard = held && !doorsClosed && !suspended;
		const seatId: string | null = floor ?? chair;
		if (heard && current?.seatId === seatId) continue;
		if (current) {
			current.until = event.at;
			if (current.until.getTime() > current.from.getTime()) spans.push(current);
		}
		current = heard ? { from: event.at, until: null, seatId } : null;
	}
	if (current) spans.push(current);
	return spans;
}

/** Who spoke most of a time. Null when nobody known did. */
export function speakerOf(spans: readonly SpeakerSpan[], from: Date, until: Date): string | null {
	const seconds = new Map<string | null, number>();
	for (const span of spans) {
		const overlap =
			Math.min(until.getTime(), span.until?.getTime() ?? Number.POSITIVE_INFINITY) -
			Math.max(from.getTime(), span.from.getTime());
		if (overlap > 0) seconds.set(span.seatId, (seconds.get(span.seatId) ?? 0) + overlap);
	}
	let most: string | null = null;
	let best = 0;
	for (const [seatId, spoken] of seconds) if (spoken > best) [most, best] = [seatId, spoken];
	return most;
}

/** Whether the public heard the meeting the whole time. */
export function heardThroughout(spans: readonly SpeakerSpan[], from: Date, until: Date): boolean {
	let at = from.getTime();
	for (const span of spans) {
		if (span.from.getTime() > at) continue;
		at = Math.max(at, span.until?.getTime() ?? Number.POSITIVE_INFINITY);
		if (at >= until.getTime()) return true;
	}
	return at >= until.getTime();
}
