/** States by distance, nearest first, each at most once: a heap with four children a node over typed arrays. */
export interface Heap {
	readonly size: number;
	/** Put in, or move forward after its distance has shrunk. */
	update(state: number): void;
	/** Take out the nearest. */
	pop(): number;
	clear(): void;
}

/** @param distance of each state, kept by the caller */
export function createHeap(distance: Float64Array): Heap {
	const heap = new Int32Array(distance.length);
	const place = new Int32Array(distance.length).fill(-1);
	let size = 0;

	function up(state: number, from: number): void {
		let at = from;
		const key = distance[state] as number;
		while (at > 0) {
			const above = (at - 1) >> 2;
			const other = heap[above] as number;
			if ((distance[other] as number) <= key) break;
			heap[at] = other;
			place[other] = at;
			at = above;
		}
		heap[at] = state;
		place[state] = at;
	}

	function down(state: number): void {
		let at = 0;
		const key = distance[state] as number;
		for (;;) {
			const firstChild = at * 4 + 1;
			if (firstChild >= size) break;
			const end = Math.min(firstChild + 4, size);
			let least = firstChild;
			let leastKey = distance[heap[firstChild] as number] as number;
			for (let child = firstChild + 1; child < end; child++) {
				const childKey = distance[heap[child] as number] as number;
				if (childKey < leastKey) {
					least = child;
					leastKey = childKey;
				}
			}
			if (leastKey >= key) break;
			const moved = heap[least] as number;
			heap[at] = moved;
			place[moved] = at;
			at = least;
		}
		heap[at] = state;
		place[state] = at;
	}

	return {
		get size() {
			return size;
		},
		update(state) {
			const at = place[state] as number;
			up(state, at < 0 ? size++ : at);
		},
		pop() {
			const nearest = heap[0] as number;
			place[nearest] = -1;
			const last = heap[--size] as number;
			if (size > 0) down(last);
			return nearest;
		},
		clear() {
			for (let i = 0; i < size; i++) place[heap[i] as number] = -1;
			size = 0;
		},
	};
}
