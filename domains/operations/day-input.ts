import { z } from 'zod';

/** A day, `2026-11-24`, as others name it; for PostgreSQL there is no year 0. */
export const dayInput = z.iso.date().refine((day) => !day.startsWith('0000'));
