import type { Tile } from './room-client.svelte.ts';

/**
 * Who is shown large: who has the floor; who speaks, or spoke last; who presides; the hall. Of several hall feeds the
 * first with a picture. The interpreter has a place of their own.
 */
export function largeTile(
	tiles: readonly Tile[],
	{ floor, chair, last }: { floor: string | null; chair: string | null; last: string },
): Tile | null {
	const by = (identity: string | null) =>
		tiles.find((tile) => tile.identity === identity && tile.kind !== 'interpreter');
	const hall =
		tiles.find(({ kind, camera }) => kind === 'hall' && camera) ?? tiles.find(({ kind }) => kind === 'hall');
	// Who has the floor in the hall is seen by its camera.
	return (
		by(floor) ??
		(floor ? hall : undefined) ??
		by(last) ??
		by(chair) ??
		hall ??
		tiles.find(({ kind }) => kind === 'seat') ??
		null
	);
}
