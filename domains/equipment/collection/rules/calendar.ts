export interface CalendarEntry {
	uid: string;
	stampedAt: Date;
	startsAt: Date;
	endsAt: Date;
	summary: string;
	location: string;
	url: string;
	cancelled: boolean;
}

const stamp = (at: Date) => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
const escaped = (text: string) =>
	text.replaceAll(/[\\;,]/g, (character) => `\\${character}`).replaceAll(/\r?\n/g, '\\n');

/** Content lines of at most 75 octets, the rest on lines that begin with a space (RFC 5545, 3.1). */
function folded(line: string): string {
	const parts: string[] = [];
	let part = '';
	for (const character of line) {
		if (new TextEncoder().encode(part + character).length > (parts.length ? 74 : 75)) {
			parts.push(part);
			part = '';
		}
		part += character;
	}
	return [...parts, part].join('\r\n ');
}

/** One appointment for a calendar (RFC 5545); a cancelled one is taken out again. */
export function calendarEntry(entry: CalendarEntry): string {
	return `${[
		'BEGIN:VCALENDAR',
		'VERSION:2.0',
		'PRODID:-//Parvis//equipment//FR',
		`METHOD:${entry.cancelled ? 'CANCEL' : 'PUBLISH'}`,
		'BEGIN:VEVENT',
		`UID:${entry.uid}`,
		`SEQUENCE:${entry.cancelled ? 1 : 0}`,
		`DTSTAMP:${stamp(entry.stampedAt)}`,
		`DTSTART:${stamp(entry.startsAt)}`,
		`DTEND:${stamp(entry.endsAt)}`,
		`SUMMARY:${escaped(entry.summary)}`,
		`LOCATION:${escaped(entry.location)}`,
		`URL:${entry.url}`,
		`STATUS:${entry.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
		'END:VEVENT',
		'END:VCALENDAR',
	]
		.map(folded)
		.join('\r\n')}\r\n`;
}
