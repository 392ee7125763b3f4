import type { MeetingSummary } from './face.ts';

const usualHours = 3;

const stamp = (at: Date) => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
const escaped = (text: string) =>
	text.replaceAll(/[\\;,]/g, (character) => `\\${character}`).replaceAll('\n', '\\n');

/** Content lines of at most 75 octets, the rest on lines that begin with a space (RFC 5545, 3.1). */
function folded(line: string): string {
	const parts: string[] = [];
	let part = '';
	for (const character of line) {
		if (Buffer.byteLength(part + character) > (parts.length ? 74 : 75)) {
			parts.push(part);
			part = '';
		}
		part += character;
	}
	return [...parts, part].join('\r\n ');
}

export interface CalendarMeeting extends MeetingSummary {
	/** Grows with each change since the letters went out, so that calendars follow. */
	sequence: number;
	/** When it was last said. */
	stampedAt: Date;
}

/**
 * Meetings for calendars (RFC 5545): one to keep, or all to subscribe to; a cancelled one is taken out again. A council's
 * end is not known, three hours are usual.
 */
export function calendarOf(meetings: readonly CalendarMeeting[], name: string, publicUrl: string): string {
	const lines = [
		'BEGIN:VCALENDAR',
		'VERSION:2.0',
		'PRODID:-//Parvis//council//FR',
		`METHOD:${meetings.length === 1 && meetings[0]?.status === 'cancelled' ? 'CANCEL' : 'PUBLISH'}`,
		`X-WR-CALNAME:${escaped(name)}`,
		...meetings.flatMap((meeting) => [
			'BEGIN:VEVENT',
			`UID:${meeting.id}@${new URL(publicUrl).hostname}`,
			`SEQUENCE:${meeting.sequence}`,
			`DTSTAMP:${stamp(meeting.stampedAt)}`,
			`DTSTART:${stamp(meeting.startsAt)}`,
			`DURATION:PT${usualHours}H`,
			`SUMMARY:${escaped(`${meeting.body} : ${meeting.title}`)}`,
			...(meeting.place ? [`LOCATION:${escaped(meeting.place)}`] : []),
			`URL:${publicUrl}${meeting.url}`,
			`STATUS:${meeting.status === 'cancelled' ? 'CANCELLED' : 'CONFIRMED'}`,
			'END:VEVENT',
		]),
		'END:VCALENDAR',
	];
	return `${lines.map(folded).join('\r\n')}\r\n`;
}
