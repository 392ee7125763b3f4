import { type Actor, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Accent, accentOf } from './contrast.ts';
import { mayChangeSettings } from './policies.ts';
import type { DB } from './tables.ts';

const line = z.string().trim().max(200);
const emailOrNothing = z.union([z.literal(''), z.email()]);

export const settingsSchema = z.object({
	name: line.min(1).default('Ma commune'),
	tagline: line.default(''),
	/** `#rrggbb`; read on light pages, derived for dark ones. */
	accent: z.string().default('#1d5c63'),
	address: z.string().trim().max(500).default(''),
	phone: line.default(''),
	email: emailOrNothing.default(''),
	/** Legal notice (LCEN, article 6): who publishes, who hosts. */
	publisher: line.default(''),
	host: z.string().trim().max(500).default(''),
	dataOfficerEmail: emailOrNothing.default(''),
	/** Overrides MAP_STYLE_URL. */
	mapStyleUrl: z.union([z.literal(''), z.url()]).default(''),
});

export type SettingsValues = z.infer<typeof settingsSchema>;
export type Settings = SettingsValues & { accents: Accent };

export interface SettingsUseCases {
	/** The town's settings, defaults where nothing was said. */
	get(): Promise<Settings>;
	/** Change those given; the others stay. */
	change(actor: Actor, change: Partial<Record<keyof SettingsValues, string>>): Promise<Result<Settings>>;
}

const cacheMilliseconds = 2000;

export function createSettings(platform: Platform): SettingsUseCases {
	const db = platform.db<DB>();
	let cached: { settings: Settings; until: number } | null = null;

	async function read(): Promise<Settings> {
		const rows = await db.selectFrom('town.setting').select(['name', 'value']).execute();
		const stored = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
		const values = settingsSchema.parse(stored);
		const accents = accentOf(values.accent);
		return { ...values, accents: accents.ok ? accents.value : { light: '#1d5c63', dark: '#6fb3ba' } };
	}

	return {
		async get() {
			// Every page shows the name and the accent; other processes see a change within two seconds.
			if (!cached || cached.until < Date.now())
				cached = { settings: await read(), until: Date.now() + cacheMilliseconds };
			return cached.settings;
		},

		async change(actor, change) {
			if (!mayChangeSettings(actor)) return refuse('platform.not_allowed');
			const parsed = settingsSchema.safeParse({ ...(await read()), ...change });
			if (!parsed.success)
				return refuse('town.setting_invalid', { field: String(parsed.error.issues[0]?.path[0]) });
			const accents = accentOf(parsed.data.accent);
			if (!accents.ok) return accents;
			await db.transaction().execute(async (trx) => {
				for (const [name, value] of Object.entries(parsed.data))
					await trx
						.insertInto('town.setting')
						.values({ name, value: JSON.stringify(value) })
						.onConflict((conflict) =>
							conflict.column('name').doUpdateSet({ value: JSON.stringify(value), updated_at: new Date() }),
						)
						.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'town.settings.changed',
					detail: { fields: Object.keys(change) },
				});
			});
			cached = null;
			return ok({ ...parsed.data, accents: accents.value });
		},
	};
}
