import { datasetCsv } from '#lib/server/dataset-csv.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ locals }) => datasetCsv(locals, 'empreinte');
