import { z } from 'zod';

/** How a decoded field becomes an observed property. */
export const mappingSchema = z.array(
	z.object({
		/** Dotted path in the decoded data: `battery`, `channels.0.temperature`. */
		field: z.string().min(1),
		property: z.string().min(1),
		unit: z.string().min(1),
	}),
);
