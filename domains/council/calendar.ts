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

/** A meeting for calendars (RFC 5545); a council's end is not known, three hours are usual. */
export function calendarOf(meeting: MeetingSummary, publicUrl: string, stampedAt: Date): string {
	const lines = [
		'BEGIN:VCALENDAR',
		'VERSION:2.0',
		'PRODID:-//Parvis//council//FR',
		'BEGIN:VEVENT',
		`UID:${meeting.id}@${new URL(publicUrl).hostname}`,
		`DTSTAMP:${stamp(stampedAt)}`,
		`DTSTART:${stamp(meeting.startsAt)}`,
		`DURATION:PT${usualHours}H`,
		`SUMMARY:${escaped(`${meeting.body} : ${meeting.title}`)}`,
		...(meeting.place ? [`LOCATION:${escaped(meeting.place)}`] : []),
		`URL:${publicUrl}${meeting.url}`,
		...(meeting.status === 'cancelled' ? ['STATUS:CANCELLED'] : []),
		'END:VEVENT',
		'END:VCALENDAR',
	];
	return `${lines.map(folded).join('\r\n')}\r\n`;
}
