/** For each of `size` points the `count` others with the least distance, nearest first, row by row. */
export function nearest(
	size: number,
	count: number,
	distance: (from: number, to: number) => number,
): Int32Array {
	const found = new Int32Array(size * count);
	const heap = new Int32Array(count);
	const keys = new Float64Array(size);
	const isFurther = (a: number, b: number) =>
		(keys[a] as number) > (keys[b] as number) || (keys[a] === keys[b] && a > b);
	const sink = (from: number, length: number) => {
		const moved = heap[from] as number;
		let at = from;
		for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
			if (child + 1 < length && isFurther(heap[child + 1] as number, heap[child] as number)) child++;
			if (!isFurther(heap[child] as number, moved)) break;
			heap[at] = heap[child] as number;
			at = child;
		}
		heap[at] = moved;
	};
	for (let from = 0; from < size; from++) {
		let length = 0;
		for (let to = 0; to < size; to++) {
			if (to === from) continue;
			keys[to] = distance(from, to);
			if (length < count) {
				heap[length++] = to;
				if (length === count) for (let i = (count >> 1) - 1; i >= 0; i--) sink(i, count);
			} else if (isFurther(heap[0] as number, to)) {
				heap[0] = to;
				sink(0, count);
			}
		}
		for (let end = count - 1; end >= 0; end--) {
			found[from * count + end] = heap[0] as number;
			heap[0] = heap[end] as number;
			sink(0, end);
		}
	}
	return found;
}
