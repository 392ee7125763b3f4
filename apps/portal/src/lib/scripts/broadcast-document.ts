import { type OpenDocument, openDocument } from '#lib/room/document.ts';

const drawnWidth = 1280;

/** The page of a document that everybody is shown. */
export interface Shown {
	annexId: string;
	page: number;
}

/**
 * The presented document as a picture. It is asked for without any account: what the public may not read is not had,
 * so never drawn.
 * @param changed told when there is something else to show
 */
export function createShownDocument(changed: () => void) {
	const canvas = document.createElement('canvas');
	let wanted: Shown | null = null;
	let drawn: Shown | null = null;
	let opened: { annexId: string; file: OpenDocument } | null = null;
	let working = false;

	const same = (one: Shown | null, other: Shown | null) =>
		one?.annexId === other?.annexId && one?.page === other?.page;

	async function open(annexId: string): Promise<OpenDocument | null> {
		if (opened?.annexId === annexId) return opened.file;
		opened?.file.close();
		opened = null;
		const response = await fetch(`/conseil/documents/${encodeURIComponent(annexId)}`, {
			credentials: 'omit',
		});
		if (!response.ok) return null;
		const file = await openDocument(new Uint8Array(await response.arrayBuffer()));
		opened = { annexId, file };
		return file;
	}

	/** Draw what is wanted, also when that changes meanwhile. What fails is tried again with the next entry of the record. */
	async function work(): Promise<void> {
		if (working) return;
		working = true;
		let failed: Shown | null = null;
		for (let now = wanted; now && !same(now, drawn) && now !== failed; now = wanted) {
			// What stood there is no longer shown while the next document is opened.
			if (drawn?.annexId !== now.annexId) drawn = null;
			try {
				const file = await open(now.annexId);
				await file?.draw(canvas, document.createElement('div'), Math.min(now.page, file.pages), drawnWidth);
				if (file) drawn = now;
				else failed = now;
			} catch {
				failed = now;
			}
			changed();
		}
		working = false;
	}

	return {
		/** @param shown null for none */
		show(shown: Shown | null): void {
			if (!same(shown, wanted)) wanted = shown;
			if (!shown) drawn = null;
			void work();
		},
		/** What to show now; null while there is nothing. */
		picture: (): HTMLCanvasElement | null => (wanted && drawn?.annexId === wanted.annexId ? canvas : null),
	};
}
