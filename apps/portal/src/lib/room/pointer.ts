/** A place on the page of a document: shares of its width and height, from the top left. */
export interface Point {
	x: number;
	y: number;
}

const everyMilliseconds = 66;
const fadesAfterMilliseconds = 3000;

/** The presenter's pointer, a few times a second; it goes away by itself when it rests. */
export function createPointer(
	send: (data: Uint8Array<ArrayBuffer>) => void,
	show: (point: Point | null) => void,
) {
	let last = 0;
	let fade: ReturnType<typeof setTimeout> | undefined;
	const seen = (point: Point) => {
		show(point);
		clearTimeout(fade);
		fade = setTimeout(() => show(null), fadesAfterMilliseconds);
	};
	return {
		send(x: number, y: number): void {
			const now = performance.now();
			if (now - last < everyMilliseconds) return;
			last = now;
			const point = { x: Math.round(x * 1000) / 1000, y: Math.round(y * 1000) / 1000 };
			send(new TextEncoder().encode(JSON.stringify(point)));
			seen(point);
		},
		receive(data: Uint8Array): void {
			const point = readPoint(data);
			if (point) seen(point);
		},
	};
}

/** Null for anything but a point on the page. */
export function readPoint(data: Uint8Array): Point | null {
	if (data.byteLength > 100) return null;
	try {
		const { x, y } = JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>;
		const share = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
		return share(x) && share(y) ? { x, y } : null;
	} catch {
		return null;
	}
}
