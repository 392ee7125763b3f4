import { z } from 'zod';
import type { Context } from '../context.ts';
import { addDays, townDay } from '../inventory/days.ts';

/** The town's day, by the room's clock. */
export const today = (context: Pick<Context, 'now'>): string => townDay(context.now());

export const dayBefore = (day: string): string => addDays(day, -1);

/** Whole days from one to the other. */
export const daysBetween = (from: string, to: string): number =>
	Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / 86_400_000);

/** A day as a form gives it; for PostgreSQL there is no year 0. */
export const dayInput = z.iso
	.date('equipment.day_invalid')
	.refine((day) => day >= '1970-01-01' && day < '2200-01-01', 'equipment.day_invalid');
