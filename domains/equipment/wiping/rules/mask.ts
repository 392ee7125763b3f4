/** A serial number as the public sees it: enough to recognise one's own, too little to look for another's. */
export function maskSerial(serial: string): string {
	const shown = serial.length >= 8 ? 4 : Math.floor(serial.length / 3);
	return `${'•'.repeat(Math.min(8, serial.length - shown))}${serial.slice(serial.length - shown)}`;
}
