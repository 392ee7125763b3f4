import type { Roads } from './face.ts';
import { straightMatrix, straightRoute } from './straight.ts';

export function createRoads(): Roads {
	return {
		matrix: async (points, { profile }) => straightMatrix(points, profile),
		route: async (points, { profile }) => straightRoute(points, profile),
	};
}
