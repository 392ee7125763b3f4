type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** A typed array that grows as numbers are put in. */
export interface Growing<Kind extends Numbers> {
	push(value: number): void;
	readonly length: number;
	at(index: number): number;
	/** What was put in, and nothing more. */
	finish(): Kind;
}

export function growing<Kind extends Numbers>(Kind: new (length: number) => Kind): Growing<Kind> {
	let held = new Kind(1024);
	let length = 0;
	return {
		push(value) {
			if (length === held.length) {
				const larger = new Kind(length * 2);
				larger.set(held);
				held = larger;
			}
			held[length++] = value;
		},
		get length() {
			return length;
		},
		at: (index) => held[index] ?? Number.NaN,
		finish: () => held.slice(0, length) as Kind,
	};
}
