import { changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../../context.ts';
import { mayManage } from '../../policies.ts';
import type { Categories, Category, Priority, Service, Services } from '../face.ts';
import { priorities } from '../rules/status.ts';

interface Row {
	id: string;
	code: string;
	parent_id: string | null;
	name_fr: string;
	name_en: string;
	icon: string;
	priority: Priority;
	due_hours: number;
	duration_minutes: number;
	public: boolean;
	checklist: string[];
	skills: string[];
	position: number;
	archived_at: Date | null;
	service_id: string;
	service_code: string;
	service_fr: string;
	service_en: string;
	service_archived: Date | null;
}

const isId = (text: string) => z.uuid().safeParse(text).success;

async function readCategories(db: Db, rest: RawBuilder<unknown>): Promise<Category[]> {
	const { rows } = await sql<Row>`
		SELECT category.*, service.code AS service_code, service.name_fr AS service_fr, service.name_en AS service_en,
			service.archived_at AS service_archived
		FROM operations.category JOIN operations.service ON service.id = category.service_id
		LEFT JOIN operations.category parent ON parent.id = category.parent_id ${rest}
		ORDER BY coalesce(parent.position, category.position), coalesce(parent.code, category.code),
			category.parent_id IS NOT NULL, category.position, category.code`.execute(db);
	return rows.map((row) => ({
		id: row.id,
		code: row.code,
		name: { fr: row.name_fr, en: row.name_en },
		icon: row.icon,
		parentId: row.parent_id,
		service: {
			id: row.service_id,
			code: row.service_code,
			name: { fr: row.service_fr, en: row.service_en },
			archived: row.service_archived !== null,
		},
		priority: row.priority,
		dueHours: row.due_hours,
		durationMinutes: row.duration_minutes,
		public: row.public,
		checklist: row.checklist,
		skills: row.skills,
		position: row.position,
		archived: row.archived_at !== null,
	}));
}

/** By id or code; null when there is none. */
export async function readCategory(db: Db, reference: string): Promise<Category | null> {
	const [found] = await readCategories(
		db,
		isId(reference) ? sql`WHERE category.id = ${reference}` : sql`WHERE category.code = ${reference}`,
	);
	return found ?? null;
}

const code = z
	.string()
	.trim()
	.toLowerCase()
	.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'operations.code_invalid');
const name = textInput(100, 'operations.name_missing');
const words = z.array(textInput(200)).max(40);
const categoryInput = z.object({
	code,
	nameFr: name,
	nameEn: name,
	parentId: z.uuid().nullish(),
	serviceId: z.uuid('operations.service_unknown'),
	icon: z
		.string()
		.regex(/^[a-z-]{1,30}$/)
		.default('other'),
	priority: z.enum(priorities),
	dueHours: z.int().min(1).max(8784),
	durationMinutes: z.int().min(1).max(1440),
	public: z.boolean(),
	checklist: words.default([]),
	skills: words.default([]),
	archived: z.boolean().default(false),
});
const serviceInput = z.object({ code, nameFr: name, nameEn: name, archived: z.boolean().default(false) });

export function createServices({ db, platform, now }: Context): Services {
	return {
		async list({ archived = false } = {}) {
			const rows = await db
				.selectFrom('operations.service')
				.selectAll()
				.$if(!archived, (query) => query.where('archived_at', 'is', null))
				.orderBy('position')
				.orderBy('code')
				.execute();
			return rows.map((row) => ({
				id: row.id,
				code: row.code,
				name: { fr: row.name_fr, en: row.name_en },
				archived: row.archived_at !== null,
			}));
		},

		async save(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(serviceInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			return changing(db, async (trx) => {
				const columns = {
					name_fr: value.nameFr,
					name_en: value.nameEn,
					archived_at: value.archived ? now() : null,
				};
				const { id } = await trx
					.insertInto('operations.service')
					.values({
						id: newId(),
						code: value.code,
						...columns,
						position: sql<number>`(SELECT coalesce(max(position), 0) + 1 FROM operations.service)`,
					})
					.onConflict((conflict) => conflict.column('code').doUpdateSet(columns))
					.returning('id')
					.executeTakeFirstOrThrow();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.service.saved',
					subject: `service:${id}`,
				});
				return ok({
					id,
					code: value.code,
					name: { fr: value.nameFr, en: value.nameEn },
					archived: value.archived,
				} satisfies Service);
			});
		},
	};
}

export function createCategories({ db, platform, now }: Context): Categories {
	const list = ({ archived = false } = {}) =>
		readCategories(
			db,
			archived ? sql`` : sql`WHERE category.archived_at IS NULL AND service.archived_at IS NULL`,
		);

	async function publicTree() {
		const all = (await list()).filter((category) => category.public);
		return all
			.filter(({ parentId }) => parentId === null)
			.map((top) => ({ ...top, children: all.filter(({ parentId }) => parentId === top.id) }));
	}

	return {
		list,
		publicTree,
		get: (reference) => readCategory(db, reference),

		async publicList(locale) {
			return (await publicTree()).flatMap((top) =>
				(top.children.length ? top.children : [top]).map((category) => ({
					code: category.code,
					name: category.name[locale],
					group: top.name[locale],
					keywords: category.service.name[locale],
					icon: category.icon,
				})),
			);
		},

		async save(actor, input, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(categoryInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			return changing(db, async (trx) => {
				// One at a time: whether a category has children or a parent must not change under us.
				await sql`LOCK TABLE operations.category IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
				const all = await readCategories(trx, sql``);
				const former = id === undefined ? undefined : all.find((one) => one.id === id);
				if (id !== undefined && !former) return refuse('operations.category_unknown');
				if (all.some((one) => one.code === value.code && one.id !== former?.id))
					return refuse('operations.code_taken', { field: 'code' });
				const services = await trx
					.selectFrom('operations.service')
					.select('id')
					.where('id', '=', value.serviceId)
					.execute();
				if (!services.length) return refuse('operations.service_unknown', { field: 'serviceId' });
				if (value.parentId) {
					const parent = all.find((one) => one.id === value.parentId);
					const deep = former && all.some((one) => one.parentId === former.id);
					if (!parent || parent.parentId !== null || parent.id === former?.id || deep)
						return refuse('operations.category_too_deep', { field: 'parentId' });
				}
				const row = {
					code: value.code,
					parent_id: value.parentId ?? null,
					service_id: value.serviceId,
					name_fr: value.nameFr,
					name_en: value.nameEn,
					icon: value.icon,
					priority: value.priority,
					due_hours: value.dueHours,
					duration_minutes: value.durationMinutes,
					public: value.public,
					checklist: value.checklist.filter(Boolean),
					skills: value.skills.filter(Boolean),
					archived_at: value.archived ? now() : null,
				};
				const saved = former?.id ?? newId();
				if (former) await trx.updateTable('operations.category').set(row).where('id', '=', saved).execute();
				else
					await trx
						.insertInto('operations.category')
						.values({ id: saved, ...row, position: all.length + 1 })
						.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.category.saved',
					subject: `category:${saved}`,
				});
				const category = await readCategory(trx, saved);
				return category ? ok(category) : refuse('operations.category_unknown');
			});
		},
	};
}
