import { parentPort, workerData } from 'node:worker_threads';
import { type Line, type OutlookOptions, outlooks } from './rules/outlook.ts';

const { plans, options } = workerData as { plans: readonly (readonly Line[])[]; options: OutlookOptions };
parentPort?.postMessage(outlooks(plans, options));
