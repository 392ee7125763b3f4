import { error } from '@sveltejs/kit';
import { exportResponse } from '#lib/server/equipment-export.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ locals }) =>
	exportResponse(locals, 'csv') ?? error(403, 'platform.not_allowed');
