/** A run of text, bold or not. */
export interface Run {
	text: string;
	bold?: boolean;
}
export type Text = string | readonly Run[];

/** A part of a document, as a reader or a screen reader goes through it. */
export type Block =
	| { kind: 'heading'; level: 1 | 2 | 3; text: string }
	| { kind: 'paragraph'; text: Text; small?: boolean }
	| { kind: 'list'; items: readonly Text[] }
	/** Names and values, one pair a line. */
	| { kind: 'facts'; facts: readonly { label: string; value: string }[] }
	/** Squares in rows, dark where true: a QR code. */
	| { kind: 'squares'; rows: readonly (readonly boolean[])[]; points: number; alternative: string }
	/** The first cell of a row is its heading. */
	| { kind: 'table'; caption: string; head: readonly string[]; rows: readonly (readonly string[])[] }
	/** Two boxes side by side in which people sign. */
	| { kind: 'signatures'; signatures: readonly [Signature, Signature] };

/** Who signs a document: a box with the drawing of a hand, or an empty one for a pen. */
export interface Signature {
	label: string;
	who: string;
	/** When it was signed, or what is to be done. */
	line: string;
	/** Lines of points, across and down, from 0 to 1 of the box; null leaves the box empty. */
	drawing: readonly (readonly (readonly [across: number, down: number])[])[] | null;
}

/** What an official document says, without how it looks. */
export interface OfficialDocument {
	title: string;
	/** Who it comes from. */
	author: string;
	/** Stands small at the foot of each page, before its number. */
	foot: string;
	/** Date that the file carries. */
	at: Date;
	blocks: readonly Block[];
	/** Files that it carries. */
	files?: readonly { name: string; mediaType: string; bytes: Buffer; description: string }[];
}
