import { newId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { demoModels } from './demo-models.ts';

/** Models of a demonstration; harmless when repeated, and what a person wrote stays. */
export async function fillDemo({ db, now }: Context): Promise<void> {
	const cents = (euros: number | null) => (euros === null ? null : euros * 100);
	const rows = demoModels.map(([manufacturer, name, category, until, price, refurbished]) => ({
		id: newId(),
		manufacturer,
		name,
		category,
		supported_until: until,
		new_price_cents: cents(price),
		refurbished_price_cents: cents(refurbished),
		note: 'Démonstration : prix et date de fin de support indicatifs, à vérifier.',
		version: 1,
		created_at: now(),
	}));
	await sql`INSERT INTO equipment.model
		SELECT * FROM jsonb_populate_recordset(NULL::equipment.model, ${JSON.stringify(rows)}::jsonb)
		ON CONFLICT DO NOTHING`.execute(db);
}
